-- Keep what one voter said about one paper, unless somebody wrote there since it was read.
-- KEYS the votes, where this voter has voted, where votes for the profile are; ARGV "paper voter", what was read (or nothing), what
-- is to be kept, the subscription. Returns 1, or 0 where it has to be read again.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[4])
redis.call('SADD', KEYS[3], ARGV[4])
return 1
