-- Give dates to a post, all of them or none.
-- KEYS[1] what became of a subscription's dates
-- ARGV[1] the word for "begun by this post"; ARGV[2], ARGV[3] words that may be written over;
-- then the dates
-- 1: they are the post's, maybe since before; 0: another has one of them, and nothing changed
for i = 4, #ARGV do
  local word = redis.call('HGET', KEYS[1], ARGV[i])
  if word and word ~= ARGV[1] and word ~= ARGV[2] and word ~= ARGV[3] then
    return 0
  end
end
for i = 4, #ARGV do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[1])
end
return 1
