-- Nobody asks for a while. KEYS[1] the gate; ARGV kind, us ('' for a growing pause), jitter 0..1,
-- reason. The growing pause is 60 s * 2^n, at most an hour. An end set before is never brought
-- forward, and a block stays a block. -> us until it opens.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local strikes = redis.call('HINCRBY', KEYS[1], 'strikes', 1)
local pause = tonumber(ARGV[2])
if not pause then
  pause = math.min(3600, 60 * 2 ^ math.min(strikes - 1, 10) * (1 + 0.25 * ARGV[3])) * 1000000
end
local g = redis.call('HMGET', KEYS[1], 'until', 'kind')
local before = tonumber(g[1]) or 0
if before > now + 2 * 86400000000 then before = 0 end
if before >= now + pause then return before - now end
local kind = ARGV[1]
if before > now and g[2] == 'blocked' then kind = 'blocked' end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + pause),
  'kind', kind, 'reason', ARGV[4])
return math.ceil(pause)
