-- One request's permit and lease. KEYS[1] the gate; ARGV token, interval in us, lease in us.
-- -> {'go', now} or {why, us to wait, kind, reason, now}; why is 'shut', 'held' or 'early'.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local g = redis.call('HMGET', KEYS[1], 'until', 'kind', 'reason', 'holder', 'lease', 'last')

-- Further off than it can have been set means that the server's clock was put back: no wait.
local function ahead(moment, most)
  local left = (tonumber(moment) or 0) - now
  return (left > 0 and left <= most) and left or 0
end

local shut = ahead(g[1], 2 * 86400000000)
if shut > 0 then return {'shut', shut, g[2] or '', g[3] or '', now} end
local held = ahead(g[5], 600000000)
if g[4] and g[4] ~= ARGV[1] and held > 0 then return {'held', held, '', '', now} end
local last = tonumber(g[6]) or 0
local early = ahead(last + ARGV[2], tonumber(ARGV[2]))
if early > 0 then return {'early', early, '', '', now} end

redis.call('HSET', KEYS[1], 'holder', ARGV[1],
  'lease', string.format('%.0f', now + ARGV[3]), 'last', string.format('%.0f', now))
return {'go', now}
