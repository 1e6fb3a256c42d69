-- A message arrived, and shows a card: one step. An ended lease that nobody took over still counts.
-- KEYS the post, the card; ARGV field, token, ref, seconds to keep both, the card's document or ''.
-- -> 1, or 0: the claim is lost.
local row = read(ARGV[1])
local again = row.state == 'sent' and row.token == ARGV[2] and row.rest == ARGV[3]
if not again and not held_by(row, ARGV[2]) then return 0 end
row.state, row.lease, row.rest = 'sent', 0, ARGV[3]
write(ARGV[1], row)
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[5] ~= '' then redis.call('SET', KEYS[2], ARGV[5], 'EX', ARGV[4]) end
return 1
