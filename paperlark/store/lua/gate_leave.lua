-- The holder goes; nobody else's lease is touched. KEYS[1] the gate; ARGV token. -> now in us.
local t = redis.call('TIME')
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'holder', 'lease')
end
return t[1] * 1000000 + t[2]
