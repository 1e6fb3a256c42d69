-- A claim ends without an arrival. KEYS[1] the post; ARGV field, token, 'free' or 'given-up', why.
-- 'free' makes this claim undone: an earlier attempt that may have arrived still may.
-- -> 1, or 0: the claim is lost.
local row = read(ARGV[1])
if row.state == ARGV[3] and row.token == ARGV[2] then return 1 end
if not held_by(row, ARGV[2]) then return 0 end
row.state, row.lease, row.rest = ARGV[3], 0, ARGV[4]
if row.state == 'free' then row.since = row.before end
write(ARGV[1], row)
return 1
