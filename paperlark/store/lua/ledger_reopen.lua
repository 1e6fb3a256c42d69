-- A message that was given up may be claimed again. KEYS[1] the post; ARGV field. -> 1 or 0.
local row = read(ARGV[1])
if row.state ~= 'given-up' then return 0 end
row.state, row.rest = 'free', ''
write(ARGV[1], row)
return 1
