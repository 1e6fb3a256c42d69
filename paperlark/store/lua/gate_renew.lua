-- A longer lease, for its holder only. KEYS[1] the gate; ARGV token, lease in us. -> 1, or 0: lost.
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
local t = redis.call('TIME')
redis.call('HSET', KEYS[1], 'lease', string.format('%.0f', t[1] * 1000000 + t[2] + ARGV[2]))
return 1
