-- A claim is held for another lease; with 'begin' a message may be on its way from here on.
-- KEYS[1] the post; ARGV field, token, lease in us, 'begin' or ''. -> 1, or 0: the claim is lost.
local row = read(ARGV[1])
if not held_by(row, ARGV[2]) then return 0 end
row.lease = now + ARGV[3]
if ARGV[4] == 'begin' then
  row.state = 'sending'
  if row.since == 0 then row.since = now end
end
write(ARGV[1], row)
return 1
