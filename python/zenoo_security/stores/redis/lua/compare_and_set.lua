-- Replace a value where it is the expected one. Answers 1 when it did.
-- KEYS: the value. ARGV: is one expected ('1' or '0'), which; is there a new one, which; its expiry as SET takes it.
local found = redis.call('GET', KEYS[1])
if found ~= (ARGV[1] == '1' and ARGV[2]) then
    return 0
end
if ARGV[3] == '0' then
    redis.call('DEL', KEYS[1])
else
    redis.call('SET', KEYS[1], ARGV[4], unpack(ARGV, 5))
end
return 1
