-- The version of what is stored; where nothing is, ours from now on.
-- KEYS: the version. ARGV: ours.
local found = redis.call('GET', KEYS[1])
if not found then
    redis.call('SET', KEYS[1], ARGV[1])
    return ARGV[1]
end
return found
