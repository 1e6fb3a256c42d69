-- The next free slot of a rate is taken (GCRA, reserving): whoever is told to wait has its place.
-- KEYS[1] the rate; ARGV interval in us (0: no rate), burst tolerance in us, longest wait in us: a
-- slot further away is told, and not taken. -> us until the slot.
-- "tat shut": the theoretical arrival time of the next but one, and until when nobody may go.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local tat, shut = string.match(redis.call('GET', KEYS[1]) or '0 0', '^(%d+) (%d+)$')

-- Further off than it can have been set means that the server's clock was put back: no wait.
local function ahead(moment) return moment - now <= 2 * 86400000000 and moment or 0 end
tat, shut = ahead(tonumber(tat)), ahead(tonumber(shut))

if interval == 0 then return string.format('%.0f', math.max(shut - now, 0)) end
tat = math.max(tat, now)
if shut > now then tat = math.max(tat, shut + tolerance) end -- a pause is not followed by a burst
local slot = math.max(now, tat - tolerance)
if slot - now > tonumber(ARGV[3]) then return string.format('%.0f', slot - now) end
tat = tat + interval
redis.call('SET', KEYS[1], string.format('%.0f %.0f', tat, shut),
  'PX', math.ceil((math.max(tat, shut) - now) / 1000) + 1)
return string.format('%.0f', slot - now)
