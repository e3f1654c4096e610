-- Version 3 of what the store keeps, and every operation on it as a function: one call is one statement, one round trip
-- and one transaction.
--
-- Times are Unix seconds of the server's clock, read after the row is locked; 'Infinity' is never. Names are qualified
-- and every function sets its search_path, so that no object of another schema is taken for one of these. Whoever locks
-- several counters or quotas does so in the order of their keys, and nobody waits for a lock after `purge`: there are no deadlocks.

CREATE TABLE {schema}.version (version integer NOT NULL);
INSERT INTO {schema}.version VALUES (3);

CREATE TABLE {schema}.entries (
    key bytea PRIMARY KEY,
    value bytea NOT NULL,
    expires_at float8 NOT NULL
);
-- Sealed values do not compress.
ALTER TABLE {schema}.entries ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE INDEX entries_expires_at ON {schema}.entries (expires_at);

-- The moments of a sliding window are microseconds, the oldest first; the other algorithm needs none.
CREATE TABLE {schema}.quotas (
    key bytea PRIMARY KEY,
    whole_at float8 NOT NULL,
    moments bigint[] NOT NULL
);
CREATE INDEX quotas_whole_at ON {schema}.quotas (whole_at);

CREATE TABLE {schema}.counters (
    key bytea PRIMARY KEY,
    attempts integer NOT NULL,
    failures integer NOT NULL,
    next_at float8 NOT NULL,
    forget_at float8 NOT NULL
);
CREATE INDEX counters_forget_at ON {schema}.counters (forget_at);

CREATE FUNCTION {schema}.clock() RETURNS float8 LANGUAGE sql VOLATILE
    AS 'SELECT extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8';

-- Removes up to 256 of each kind that are of no use any more; rows that others hold are left for the next time. Every
-- 32nd write does it, and no write adds more than eight rows: what has expired goes as fast as new rows come.
CREATE FUNCTION {schema}.purge() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    t float8 := {schema}.clock();
BEGIN
    DELETE FROM {schema}.entries WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {schema}.entries WHERE expires_at <= t LIMIT 256 FOR UPDATE SKIP LOCKED));
    DELETE FROM {schema}.quotas WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {schema}.quotas WHERE whole_at <= t LIMIT 256 FOR UPDATE SKIP LOCKED));
    DELETE FROM {schema}.counters WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {schema}.counters WHERE forget_at <= t LIMIT 256 FOR UPDATE SKIP LOCKED));
END $$;

CREATE FUNCTION {schema}.purge_sometimes() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF random() * 32 < 1 THEN
        PERFORM {schema}.purge();
    END IF;
END $$;

CREATE FUNCTION {schema}.get(k bytea) RETURNS bytea LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT value FROM {schema}.entries WHERE key = k AND expires_at > {schema}.clock());
END $$;

CREATE FUNCTION {schema}.put(k bytea, v bytea, ttl_s float8) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
BEGIN
    INSERT INTO {schema}.entries VALUES (k, v, coalesce({schema}.clock() + ttl_s, 'Infinity'))
    ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, expires_at = coalesce({schema}.clock() + ttl_s, 'Infinity');
    PERFORM {schema}.purge_sometimes();
END $$;

CREATE FUNCTION {schema}.add(k bytea, v bytea, ttl_s float8) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    added boolean;
BEGIN
    INSERT INTO {schema}.entries AS e VALUES (k, v, coalesce({schema}.clock() + ttl_s, 'Infinity'))
    ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, expires_at = coalesce({schema}.clock() + ttl_s, 'Infinity')
        WHERE e.expires_at <= {schema}.clock();
    added := FOUND;
    PERFORM {schema}.purge_sometimes();
    RETURN added;
END $$;

CREATE FUNCTION {schema}.delete(k bytea) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    was_there boolean;
BEGIN
    DELETE FROM {schema}.entries WHERE key = k RETURNING expires_at > {schema}.clock() INTO was_there;
    RETURN coalesce(was_there, false);
END $$;

CREATE FUNCTION {schema}.compare_and_set(k bytea, expected bytea, v bytea, ttl_s float8) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    e {schema}.entries;
BEGIN
    IF expected IS NULL AND v IS NOT NULL THEN
        RETURN {schema}.add(k, v, ttl_s);
    END IF;
    SELECT * INTO e FROM {schema}.entries WHERE key = k FOR UPDATE;
    IF NOT FOUND OR e.expires_at <= {schema}.clock() THEN
        RETURN expected IS NULL;
    END IF;
    IF e.value IS DISTINCT FROM expected THEN
        RETURN false;
    END IF;
    IF v IS NULL THEN
        DELETE FROM {schema}.entries WHERE key = k;
    ELSE
        UPDATE {schema}.entries
        SET value = v, expires_at = coalesce({schema}.clock() + ttl_s, 'Infinity') WHERE key = k;
    END IF;
    RETURN true;
END $$;

-- From a key on, as many as go into a batch, at least one.
CREATE FUNCTION {schema}.scan(first bytea, beyond bytea, most_rows integer, most_bytes integer)
RETURNS TABLE (found_key bytea, found_value bytea) LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT batch.key, batch.value FROM (
        SELECT rows.key, rows.value, sum(octet_length(rows.value)) OVER (ORDER BY rows.key) - octet_length(rows.value)
            AS bytes_before
        FROM (
            SELECT key, value FROM {schema}.entries
            WHERE key >= first AND (beyond IS NULL OR key < beyond) AND expires_at > {schema}.clock()
            ORDER BY key LIMIT most_rows
        ) AS rows
    ) AS batch
    WHERE batch.bytes_before < most_bytes ORDER BY batch.key;
END $$;

-- The quota of a key, locked. One that is new was never used.
CREATE FUNCTION {schema}.hold_quota(k bytea) RETURNS {schema}.quotas LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    q {schema}.quotas;
BEGIN
    LOOP
        SELECT * INTO q FROM {schema}.quotas WHERE key = k FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO {schema}.quotas VALUES (k, 0, '{{}}') ON CONFLICT DO NOTHING RETURNING * INTO q;
        EXIT WHEN FOUND;
    END LOOP;
    RETURN q;
END $$;

-- What one quota says at a time: `_weigh` of zenoo_security.stores.quota. Of the moments so many are a window ago.
CREATE FUNCTION {schema}.weigh(
    q {schema}.quotas, sliding boolean, most integer, window_s float8, cost integer, t float8,
    OUT allowed boolean, OUT remaining integer, OUT retry_after_s float8, OUT reset_after_s float8, OUT gone integer
) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    slack CONSTANT float8 := 1e-3;
    unit_s CONSTANT float8 := window_s / most;
    window_us CONSTANT bigint := window_s * 1e6;
    now_us CONSTANT bigint := t * 1e6;
    used float8;
    missing float8;
BEGIN
    gone := 0;
    IF NOT sliding THEN
        reset_after_s := greatest(q.whole_at - t, 0);
        used := reset_after_s / unit_s;
        missing := used + cost - most;
        allowed := missing <= slack;
        retry_after_s := CASE WHEN allowed THEN 0 ELSE missing * unit_s END;
    ELSIF cardinality(q.moments) = 0 THEN
        used := 0;
        allowed := true;
        retry_after_s := 0;
        reset_after_s := 0;
    ELSE
        gone := width_bucket(now_us - window_us, q.moments);
        used := cardinality(q.moments) - gone;
        missing := used + cost - most;
        allowed := missing <= 0;
        retry_after_s := CASE WHEN allowed THEN 0
            ELSE (q.moments[gone + missing::integer] + window_us - now_us) / 1e6::float8 END;
        reset_after_s := CASE WHEN used = 0 THEN 0
            ELSE (q.moments[cardinality(q.moments)] + window_us - now_us) / 1e6::float8 END;
    END IF;
    remaining := greatest(floor(most - used + slack), 0);
END $$;

-- Take from all of several quotas, or from none; `slidings` tells their algorithms.
CREATE FUNCTION {schema}.take(keys bytea[], slidings boolean[], mosts integer[], windows_s float8[], cost integer)
RETURNS TABLE (allowed boolean, remaining integer, retry_after_s float8, reset_after_s float8) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    held {schema}.quotas[];
    q {schema}.quotas;
    answer record;
    t float8;
    all_allowed boolean := true;
BEGIN
    -- Who is refused by what is there already locks nothing and writes nothing: whoever asks too often holds up nobody.
    RETURN QUERY WITH seen AS MATERIALIZED (SELECT * FROM {schema}.peek(keys, slidings, mosts, windows_s, cost))
        SELECT * FROM seen WHERE NOT (SELECT bool_and(s.allowed) FROM seen AS s);
    IF FOUND THEN
        RETURN;
    END IF;
    FOR i IN 1 .. cardinality(keys) LOOP
        held[i] := {schema}.hold_quota(keys[i]);
    END LOOP;
    t := {schema}.clock();
    FOR i IN 1 .. cardinality(keys) LOOP
        answer := {schema}.weigh(held[i], slidings[i], mosts[i], windows_s[i], cost, t);
        all_allowed := all_allowed AND answer.allowed;
    END LOOP;
    IF all_allowed THEN
        FOR i IN 1 .. cardinality(keys) LOOP
            q := held[i];
            IF slidings[i] THEN
                answer := {schema}.weigh(q, true, mosts[i], windows_s[i], 0, t);
                q.moments := q.moments[answer.gone + 1 :] || array_fill(
                    greatest((t * 1e6)::bigint, q.moments[cardinality(q.moments)]), ARRAY[cost]);
                q.whole_at := q.moments[cardinality(q.moments)] / 1e6::float8 + windows_s[i];
            ELSE
                q.whole_at := greatest(q.whole_at, t) + cost * windows_s[i] / mosts[i];
            END IF;
            UPDATE {schema}.quotas SET whole_at = q.whole_at, moments = q.moments WHERE key = keys[i];
            held[i] := q;
        END LOOP;
    ELSE
        DELETE FROM {schema}.quotas WHERE key = ANY (keys) AND whole_at = 0;
    END IF;
    FOR i IN 1 .. cardinality(keys) LOOP
        answer := {schema}.weigh(
            held[i], slidings[i], mosts[i], windows_s[i], CASE WHEN all_allowed THEN 0 ELSE cost END, t);
        RETURN QUERY SELECT answer.allowed, answer.remaining, answer.retry_after_s, answer.reset_after_s;
    END LOOP;
    PERFORM {schema}.purge_sometimes();
END $$;

-- What `take` would answer.
CREATE FUNCTION {schema}.peek(keys bytea[], slidings boolean[], mosts integer[], windows_s float8[], cost integer)
RETURNS TABLE (allowed boolean, remaining integer, retry_after_s float8, reset_after_s float8)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    q {schema}.quotas;
    answer record;
    t CONSTANT float8 := {schema}.clock();
BEGIN
    FOR i IN 1 .. cardinality(keys) LOOP
        SELECT * INTO q FROM {schema}.quotas WHERE key = keys[i];
        IF NOT FOUND THEN
            q := (keys[i], 0, '{{}}');
        END IF;
        answer := {schema}.weigh(q, slidings[i], mosts[i], windows_s[i], cost, t);
        RETURN QUERY SELECT answer.allowed, answer.remaining, answer.retry_after_s, answer.reset_after_s;
    END LOOP;
END $$;

-- Make quotas whole again. Gives of how many something had been taken.
CREATE FUNCTION {schema}.forget(keys bytea[]) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    q {schema}.quotas;
    taken integer := 0;
BEGIN
    FOR i IN 1 .. cardinality(keys) LOOP
        DELETE FROM {schema}.quotas WHERE key = keys[i] RETURNING * INTO q;
        IF FOUND AND q.whole_at > {schema}.clock() THEN
            taken := taken + 1;
        END IF;
    END LOOP;
    RETURN taken;
END $$;

-- The counter of a key, locked. One that is new is already forgotten.
CREATE FUNCTION {schema}.hold(k bytea) RETURNS {schema}.counters LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    c {schema}.counters;
BEGIN
    LOOP
        SELECT * INTO c FROM {schema}.counters WHERE key = k FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO {schema}.counters VALUES (k, 0, 0, '-Infinity', '-Infinity') ON CONFLICT DO NOTHING
            RETURNING * INTO c;
        EXIT WHEN FOUND;
    END LOOP;
    RETURN c;
END $$;

-- `zenoo_security.stores.attempts.reserve`. The delays of the counter i stand in delays_s from firsts[i] to lasts[i].
CREATE FUNCTION {schema}.reserve(
    keys bytea[], delays_s float8[], firsts integer[], lasts integer[], keep_s float8[]
) RETURNS float8 LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    held {schema}.counters[];
    c {schema}.counters;
    t float8;
    wait_s float8 := 0;
BEGIN
    FOR i IN 1 .. cardinality(keys) LOOP
        held[i] := {schema}.hold(keys[i]);
    END LOOP;
    t := {schema}.clock();
    FOREACH c IN ARRAY held LOOP
        IF c.forget_at > t THEN
            wait_s := greatest(wait_s, c.next_at - t);
        END IF;
    END LOOP;
    IF wait_s > 0 THEN
        DELETE FROM {schema}.counters WHERE key = ANY (keys) AND forget_at = '-Infinity';
        RETURN wait_s;
    END IF;
    FOR i IN 1 .. cardinality(keys) LOOP
        c := held[i];
        IF c.forget_at <= t THEN
            c.attempts := 0;
            c.failures := 0;
        END IF;
        c.attempts := least(c.attempts + 1, 1000000);
        UPDATE {schema}.counters SET
            attempts = c.attempts,
            failures = c.failures,
            next_at = t + delays_s[least(firsts[i] + c.attempts - 1, lasts[i])],
            forget_at = t + keep_s[i]
        WHERE key = keys[i];
    END LOOP;
    PERFORM {schema}.purge_sometimes();
    RETURN 0;
END $$;

-- `zenoo_security.stores.attempts.settle`.
CREATE FUNCTION {schema}.settle(keys bytea[], stops integer[], outcomes text[]) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    c {schema}.counters;
BEGIN
    FOR i IN 1 .. cardinality(keys) LOOP
        SELECT * INTO c FROM {schema}.counters WHERE key = keys[i] FOR UPDATE;
        CONTINUE WHEN NOT FOUND OR c.forget_at <= {schema}.clock();
        IF outcomes[i] = 'failed' THEN
            c.failures := least(c.failures + 1, 1000000);
            IF c.failures >= stops[i] THEN
                c.next_at := 'Infinity';
                c.forget_at := 'Infinity';
            END IF;
        ELSIF outcomes[i] = 'given_back' THEN
            CONTINUE WHEN c.next_at = 'Infinity';
            c.attempts := greatest(c.attempts - 1, c.failures);
            c.next_at := least(c.next_at, {schema}.clock());
        END IF;
        IF outcomes[i] = 'cleared' OR c.attempts = 0 THEN
            DELETE FROM {schema}.counters WHERE key = keys[i];
        ELSE
            UPDATE {schema}.counters SET
                attempts = c.attempts, failures = c.failures, next_at = c.next_at, forget_at = c.forget_at
            WHERE key = keys[i];
        END IF;
    END LOOP;
END $$;
