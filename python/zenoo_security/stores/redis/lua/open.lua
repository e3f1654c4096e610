-- The version of what is stored; where nothing is, ours from now on. A replica refuses: it would answer with sessions that
-- have ended on its primary. In a list: no other answer that comes twice is taken for it.
-- KEYS: the version; one that nothing is ever kept under. ARGV: ours.
local found = redis.call('GET', KEYS[1])
if not found then
    redis.call('SET', KEYS[1], ARGV[1])
    return {ARGV[1]}
end
if found == ARGV[1] then
    -- A write that changes nothing and needs no memory: only a server that takes no writes refuses it.
    redis.call('DEL', KEYS[2])
end
return {found}
