-- Nobody may go for a while. KEYS[1] the rate; ARGV us from now.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local tat, shut = string.match(redis.call('GET', KEYS[1]) or '0 0', '^(%d+) (%d+)$')
shut = tonumber(shut)
if shut - now > 2 * 86400000000 then shut = 0 end -- the server's clock was put back
shut = math.max(shut, now + ARGV[1])
local last = math.min(math.max(tonumber(tat), shut), now + 2 * 86400000000)
redis.call('SET', KEYS[1], string.format('%s %.0f', tat, shut),
  'PX', math.ceil((last - now) / 1000) + 1)
return 1
