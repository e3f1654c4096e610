"""Second factors of users: enrolled, confirmed, verified once, renewed, removed, and never lost to a damaged store."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mfa_users import NOW, PRINCIPAL, WEAK, code_of, enrolled, manager_with
from zenoo_security import KeyRing, MFAManager, Totp
from zenoo_security.audit import AuditLog, Entry, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import (
    AuditUnavailable,
    ConfigurationError,
    DecryptionError,
    FreshLoginRequired,
    InvalidInput,
    NotEnrolled,
    OtpMismatch,
    ParameterError,
    RateLimitExceeded,
    StoreIncompatible,
    StoreUnavailable,
)
from zenoo_security.mfa.records import Account, Records
from zenoo_security.stores.memory import MemoryStore

BOB = replace(PRINCIPAL, uid=8, login="bob")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now=NOW)


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock=clock)


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def mfa(store: MemoryStore, ring: KeyRing, clock: FakeClock) -> MFAManager:
    return manager_with(store, ring, clock)


class Down:
    """A store whose server is gone."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_: Any, **__: Any) -> Any:
            raise StoreUnavailable("down")

        return refuse


class DownForChanges(MemoryStore):
    """A store that answers, and does not say whether it has removed something."""

    async def delete(self, key: bytes) -> bool:
        if key.startswith(b"mfa/enrolled/"):
            raise StoreUnavailable("down")
        return await super().delete(key)


class TestEnrollment:
    async def test_a_secret_counts_only_when_a_code_of_it_was_seen(self, mfa: MFAManager, clock: FakeClock) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        assert not await mfa.is_enrolled("shop", 7)
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code_of(enrollment.secret, clock))
        await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))
        assert await mfa.is_enrolled("shop", 7)

    async def test_both_pictures_show_the_uri(self, mfa: MFAManager) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(enrollment.png())))
        assert code.text == enrollment.uri == Totp(enrollment.secret).uri("alice", "Example")
        assert enrollment.svg().startswith("<svg ")

    async def test_the_code_that_confirmed_is_used_up(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret, _ = await enrolled(mfa, clock)
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code_of(secret, clock))

    async def test_a_wrong_code_confirms_nothing_and_the_right_one_still_does(
        self, mfa: MFAManager, clock: FakeClock
    ) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        for wrong in ("", "12345", "abcdef", code_of(enrollment.secret, clock, ahead_s=90)):
            with pytest.raises(OtpMismatch):
                await mfa.confirm(PRINCIPAL, wrong)
        assert not await mfa.is_enrolled("shop", 7)
        assert len(await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))) == 10

    async def test_after_ten_minutes_it_waits_no_more(self, mfa: MFAManager, clock: FakeClock) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        clock.advance(599)
        with pytest.raises(OtpMismatch):
            await mfa.confirm(PRINCIPAL, "12345")
        clock.advance(1)
        with pytest.raises(NotEnrolled):
            await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))

    async def test_the_latest_of_two_enrollments_is_the_one_that_waits(self, mfa: MFAManager, clock: FakeClock) -> None:
        first, second = await mfa.enroll(PRINCIPAL), await mfa.enroll(PRINCIPAL)
        with pytest.raises(OtpMismatch):
            await mfa.confirm(PRINCIPAL, code_of(first.secret, clock))
        await mfa.confirm(PRINCIPAL, code_of(second.secret, clock))

    async def test_an_enrollment_is_confirmed_once(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(30)
        with pytest.raises(NotEnrolled):
            await mfa.confirm(PRINCIPAL, code_of(secret, clock))

    async def test_without_an_enrollment_there_is_nothing_to_confirm(self, mfa: MFAManager) -> None:
        with pytest.raises(NotEnrolled):
            await mfa.confirm(PRINCIPAL, "000000")

    @pytest.mark.asvs("v5.0.0-6.3.1")
    async def test_five_codes_can_be_tried_in_five_minutes(self, mfa: MFAManager, clock: FakeClock) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        for _ in range(5):
            with pytest.raises(OtpMismatch):
                await mfa.confirm(PRINCIPAL, "12345")
        with pytest.raises(RateLimitExceeded) as caught:
            await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))
        await mfa.enroll(BOB)
        with pytest.raises(OtpMismatch):
            await mfa.confirm(BOB, "12345")
        clock.advance(caught.value.retry_after)
        assert await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))

    async def test_a_new_secret_takes_the_place_of_the_old_one_when_it_is_confirmed(
        self, mfa: MFAManager, clock: FakeClock
    ) -> None:
        old, codes = await enrolled(mfa, clock)
        new = (await mfa.enroll(PRINCIPAL)).secret
        clock.advance(30)
        assert await mfa.verify("shop", 7, code_of(old, clock)) == "totp"
        await mfa.confirm(PRINCIPAL, code_of(new, clock))
        clock.advance(30)
        for gone in (code_of(old, clock), codes[0]):
            with pytest.raises(OtpMismatch):
                await mfa.verify("shop", 7, gone)
        assert await mfa.verify("shop", 7, code_of(new, clock)) == "totp"

    async def test_what_was_enrolled_outlives_other_settings(
        self, mfa: MFAManager, store: MemoryStore, ring: KeyRing, clock: FakeClock
    ) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(30)
        other = manager_with(store, ring, clock, algorithm="SHA256", digits=8, period_s=60)
        assert await other.verify("shop", 7, code_of(secret, clock)) == "totp"

    async def test_a_login_that_no_app_can_show_is_refused(self, mfa: MFAManager) -> None:
        with pytest.raises(InvalidInput):
            await mfa.enroll(replace(PRINCIPAL, login="a:b"))

    async def test_the_secret_is_in_no_repr_and_not_in_the_store(
        self, mfa: MFAManager, store: MemoryStore, clock: FakeClock
    ) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        codes = await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))
        await mfa.enroll(PRINCIPAL)
        kept = b"".join([key + value async for key, value in store.scan(b"")]).decode("latin-1")
        for shown in (repr(enrollment), kept):
            assert enrollment.secret not in shown
            assert not any(code.replace("-", "") in shown or "argon2" in shown for code in codes)


class TestFreshLogin:
    @pytest.mark.asvs("v5.0.0-7.5.1")
    @pytest.mark.parametrize("at", [None, NOW - 301, NOW + 61, float("nan"), float("inf"), float("-inf")])
    async def test_every_change_needs_a_login_of_the_last_five_minutes(
        self, mfa: MFAManager, clock: FakeClock, at: float | None
    ) -> None:
        stale = replace(PRINCIPAL, authenticated_at=at)
        with pytest.raises(FreshLoginRequired):
            await mfa.enroll(stale)
        secret, _ = await enrolled(mfa, clock)
        waiting = (await mfa.enroll(PRINCIPAL)).secret
        for change in (
            mfa.enroll(stale),
            mfa.confirm(stale, code_of(waiting, clock)),
            mfa.regenerate_recovery_codes(stale),
            mfa.disable(stale),
        ):
            with pytest.raises(FreshLoginRequired):
                await change
        clock.advance(30)
        assert await mfa.verify("shop", 7, code_of(secret, clock)) == "totp"

    @pytest.mark.parametrize("jump_s", [86_400, -86_400])
    async def test_a_calendar_that_jumps_a_day_asks_for_a_new_login(
        self, mfa: MFAManager, clock: FakeClock, jump_s: int
    ) -> None:
        clock.set_now(NOW + jump_s)
        with pytest.raises(FreshLoginRequired):
            await mfa.enroll(PRINCIPAL)


class TestVerify:
    @pytest.mark.asvs("v5.0.0-6.5.1")
    async def test_a_code_is_good_once_for_all_managers_of_a_store(
        self, mfa: MFAManager, store: MemoryStore, ring: KeyRing, clock: FakeClock
    ) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(30)
        code = code_of(secret, clock)
        assert await mfa.verify("shop", 7, code) == "totp"
        with pytest.raises(OtpMismatch):
            await manager_with(store, ring, clock).verify("shop", 7, code)

    @pytest.mark.asvs("v5.0.0-6.5.5")
    async def test_the_current_step_and_the_one_before_are_accepted(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(90)
        for ahead_s in (-60, 30):
            with pytest.raises(OtpMismatch):
                await mfa.verify("shop", 7, code_of(secret, clock, ahead_s=ahead_s))
        for ahead_s in (-30, 0):
            assert await mfa.verify("shop", 7, code_of(secret, clock, ahead_s=ahead_s)) == "totp"

    async def test_an_older_code_is_refused_after_a_newer_one(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(90)
        assert await mfa.verify("shop", 7, code_of(secret, clock)) == "totp"
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code_of(secret, clock, ahead_s=-30))

    async def test_the_strict_mode_accepts_the_current_step_only(
        self, store: MemoryStore, ring: KeyRing, clock: FakeClock
    ) -> None:
        mfa = manager_with(store, ring, clock, steps_back=0)
        secret, _ = await enrolled(mfa, clock)
        clock.advance(60)
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code_of(secret, clock, ahead_s=-30))
        assert await mfa.verify("shop", 7, code_of(secret, clock)) == "totp"

    @pytest.mark.parametrize("days", [-365, -1, 1])
    async def test_a_used_code_stays_used_when_the_calendar_jumps_and_comes_back(
        self, mfa: MFAManager, clock: FakeClock, days: int
    ) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(30)
        code, used_at = code_of(secret, clock), clock.now()
        assert await mfa.verify("shop", 7, code) == "totp"
        clock.set_now(used_at + 86_400 * days)
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code)
        clock.advance(3600)
        clock.set_now(used_at)
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code)

    @given(st.text(max_size=40) | st.from_regex(r"\A[0-9]{5,8}\Z") | st.from_regex(r"\A[0-9A-Za-z -]{18,24}\Z"))
    async def test_whatever_is_typed_lets_nobody_in_without_a_second_factor(self, code: str) -> None:
        clock = FakeClock(now=NOW)
        with pytest.raises(OtpMismatch):
            await manager_with(MemoryStore(clock=clock), KeyRing.generate(), clock).verify("shop", 7, code)

    @pytest.mark.parametrize(
        "code", ["", "1" * 10_000_000, "0" * 18, "\ud800", "\x00" * 6, "\uff11\uff12\uff13\uff14\uff15\uff16"]
    )
    async def test_a_malformed_code_is_a_wrong_code(self, mfa: MFAManager, clock: FakeClock, code: str) -> None:
        await enrolled(mfa, clock)
        with pytest.raises(OtpMismatch):
            await mfa.verify("shop", 7, code)

    @pytest.mark.parametrize("code", [None, 123456, b"123456", ["123456"]])
    async def test_a_code_that_is_no_text_is_invalid(self, mfa: MFAManager, code: Any) -> None:
        with pytest.raises(InvalidInput) as caught:
            await mfa.verify("shop", 7, code)
        assert (caught.value.field, caught.value.code) == ("totp_token", "type")

    @pytest.mark.parametrize(
        ("database", "uid"),
        [
            *[(database, 7) for database in ("", "x" * 64, "a\0b", "\ud800", None)],
            *[("shop", uid) for uid in (0, -1, True, "7", 7.0, 2**31, None)],
        ],
    )
    async def test_an_account_that_odoo_cannot_have_is_refused(self, mfa: MFAManager, database: Any, uid: Any) -> None:
        for call in (mfa.verify(database, uid, "000000"), mfa.is_enrolled(database, uid), mfa.reset(database, uid)):
            with pytest.raises(ParameterError):
                await call

    async def test_the_same_uid_in_another_database_is_another_user(self, mfa: MFAManager, clock: FakeClock) -> None:
        await enrolled(mfa, clock)
        assert not await mfa.is_enrolled("shop2", 7)
        assert not await mfa.is_enrolled("shop", 77)

    async def test_a_database_with_a_slash_is_not_another_user(self, mfa: MFAManager, clock: FakeClock) -> None:
        await enrolled(mfa, clock, replace(PRINCIPAL, database="shop/1"))
        assert not await mfa.is_enrolled("shop", 1)
        assert await mfa.is_enrolled("shop/1", 7)


class TestRemoval:
    @pytest.mark.asvs("v5.0.0-6.5.6")
    async def test_a_user_removes_it(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret, codes = await enrolled(mfa, clock)
        waiting = (await mfa.enroll(PRINCIPAL)).secret
        assert await mfa.disable(PRINCIPAL)
        assert not await mfa.disable(PRINCIPAL)
        assert not await mfa.is_enrolled("shop", 7)
        clock.advance(30)
        for code in (code_of(secret, clock), codes[0]):
            with pytest.raises(OtpMismatch):
                await mfa.verify("shop", 7, code)
        with pytest.raises(NotEnrolled):
            await mfa.confirm(PRINCIPAL, code_of(waiting, clock))

    async def test_an_administrator_removes_what_cannot_be_opened(
        self, mfa: MFAManager, store: MemoryStore, clock: FakeClock
    ) -> None:
        await enrolled(mfa, clock)
        await store.put(b"mfa/enrolled/shop/7", b"garbage", ttl_s=None)
        assert await mfa.reset("shop", 7)
        assert not await mfa.reset("shop", 7)
        assert not await mfa.is_enrolled("shop", 7)

    async def test_one_that_may_be_gone_is_told_as_unknown(self, ring: KeyRing, clock: FakeClock) -> None:
        store, entries = DownForChanges(clock=clock), list[Entry]()
        mfa = manager_with(store, ring, clock)
        await enrolled(mfa, clock)
        with configured(AuditLog(entries.append)):
            for removal in (mfa.disable(PRINCIPAL), mfa.reset("shop", 7)):
                with pytest.raises(StoreUnavailable, match="down"):
                    await removal
        lines = [json.loads(entry.line) for entry in entries]
        assert [(line["event.outcome"], line["event.reason"]) for line in lines] == [
            ("success", "user"),
            ("unknown", "store_unavailable"),
            ("success", "reset"),
            ("unknown", "store_unavailable"),
        ]

    async def test_where_the_log_is_required_and_fails_nothing_is_removed(
        self, mfa: MFAManager, clock: FakeClock
    ) -> None:
        def broken(entry: Entry) -> None:
            raise OSError

        await enrolled(mfa, clock)
        with configured(AuditLog(broken, required=True)):
            for removal in (mfa.disable(PRINCIPAL), mfa.reset("shop", 7)):
                with pytest.raises(AuditUnavailable):
                    await removal
        assert await mfa.is_enrolled("shop", 7)

    async def test_what_is_enrolled_can_be_seen(self, mfa: MFAManager, clock: FakeClock) -> None:
        assert await mfa.factors("shop", 7) == type(await mfa.factors("shop", 7))()
        secret, codes = await enrolled(mfa, clock)
        clock.advance(60)
        await mfa.verify("shop", 7, codes[3])
        await mfa.verify("shop", 7, code_of(secret, clock))
        factors = await mfa.factors("shop", 7)
        assert factors.enrolled_at == factors.recovery_codes_made_at == NOW
        assert factors.last_used_at == (NOW + 60) // 30 * 30
        assert (factors.recovery_codes_left, factors.recovery_code_used_at) == (9, NOW + 60)


class TestDamage:
    @pytest.mark.parametrize("value", [b"", b"garbage", b"zs1.AAAA", b"\xff\xfe", None])
    async def test_a_record_that_cannot_be_opened_is_an_error_and_never_no_second_factor(
        self, mfa: MFAManager, store: MemoryStore, clock: FakeClock, value: bytes | None
    ) -> None:
        secret, codes = await enrolled(mfa, clock)
        raw = await store.get(b"mfa/enrolled/shop/7")
        assert raw
        flipped = raw[:-1] + (b"A" if raw[-1:] != b"A" else b"B")
        await store.put(b"mfa/enrolled/shop/7", flipped if value is None else value, ttl_s=None)
        clock.advance(30)
        for call in (
            mfa.is_enrolled("shop", 7),
            mfa.factors("shop", 7),
            mfa.verify("shop", 7, code_of(secret, clock)),
            mfa.verify("shop", 7, codes[0]),
            mfa.confirm(PRINCIPAL, code_of(secret, clock)),
            mfa.regenerate_recovery_codes(PRINCIPAL),
        ):
            with pytest.raises(DecryptionError):
                await call

    async def test_a_record_that_was_moved_to_another_user_lets_nobody_in(
        self, mfa: MFAManager, store: MemoryStore, clock: FakeClock
    ) -> None:
        secret, codes = await enrolled(mfa, clock)
        stolen = await store.get(b"mfa/enrolled/shop/7")
        assert stolen
        clock.advance(30)
        for key, database, uid in ((b"mfa/enrolled/shop/8", "shop", 8), (b"mfa/enrolled/shop2/7", "shop2", 7)):
            await store.put(key, stolen, ttl_s=None)
            for code in (code_of(secret, clock), codes[0]):
                with pytest.raises(DecryptionError):
                    await mfa.verify(database, uid, code)

    async def test_a_waiting_record_cannot_be_made_a_confirmed_one(
        self, mfa: MFAManager, store: MemoryStore, clock: FakeClock
    ) -> None:
        enrollment = await mfa.enroll(PRINCIPAL)
        waiting = await store.get(b"mfa/pending/shop/7")
        assert waiting
        await store.put(b"mfa/enrolled/shop/7", waiting, ttl_s=None)
        with pytest.raises(DecryptionError):
            await mfa.verify("shop", 7, code_of(enrollment.secret, clock))

    async def test_another_key_ring_opens_nothing(self, mfa: MFAManager, store: MemoryStore, clock: FakeClock) -> None:
        await enrolled(mfa, clock)
        with pytest.raises(DecryptionError):
            await manager_with(store, KeyRing.generate(), clock).is_enrolled("shop", 7)

    async def test_a_used_code_that_is_none_is_an_error(
        self, mfa: MFAManager, store: MemoryStore, clock: FakeClock
    ) -> None:
        secret, _ = await enrolled(mfa, clock)
        clock.advance(30)
        (key,) = [key async for key, _ in store.scan(b"otp-step/")]
        await store.put(key, b"x", ttl_s=None)
        with pytest.raises(StoreIncompatible):
            await mfa.verify("shop", 7, code_of(secret, clock))

    async def test_a_record_of_a_newer_version_is_an_error(
        self, mfa: MFAManager, ring: KeyRing, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as newer:
            newer.setattr("zenoo_security.mfa.records._VERSION", 2)
            await enrolled(mfa, clock)
        with pytest.raises(StoreIncompatible):
            await mfa.is_enrolled("shop", 7)

    async def test_a_store_that_is_down_lets_nobody_in(self, ring: KeyRing, clock: FakeClock) -> None:
        mfa = manager_with(Down(), ring, clock)
        secret = mfa.generate_secret("alice")
        for call in (
            mfa.verify_totp_async(secret, code_of(secret, clock)),
            mfa.verify("shop", 7, "000000"),
            mfa.verify("shop", 7, "0" * 18),
            mfa.is_enrolled("shop", 7),
            mfa.enroll(PRINCIPAL),
            mfa.confirm(PRINCIPAL, "000000"),
            mfa.disable(PRINCIPAL),
            mfa.reset("shop", 7),
            mfa.regenerate_recovery_codes(PRINCIPAL),
            mfa.factors("shop", 7),
        ):
            with pytest.raises(StoreUnavailable):
                await call


class TestRotation:
    async def test_an_old_key_can_be_retired_after_resealing(
        self, mfa: MFAManager, store: MemoryStore, ring: KeyRing, clock: FakeClock
    ) -> None:
        secret, _ = await enrolled(mfa, clock)
        await enrolled(mfa, clock, replace(PRINCIPAL, database="sh/öp"))
        rotated = ring.rotate()
        later = manager_with(store, rotated, clock)
        assert await later.reseal() == 2
        assert await later.reseal() == 0
        clock.advance(30)
        retired = manager_with(store, rotated.retire(ring.primary_id), clock)
        assert await retired.verify("shop", 7, code_of(secret, clock)) == "totp"


class TestWithoutStore:
    async def test_what_needs_a_store_says_so(self) -> None:
        mfa = MFAManager("Example", hasher=WEAK)
        for call in (
            mfa.enroll(PRINCIPAL),
            mfa.confirm(PRINCIPAL, "000000"),
            mfa.verify("shop", 7, "000000"),
            mfa.is_enrolled("shop", 7),
            mfa.factors("shop", 7),
            mfa.disable(PRINCIPAL),
            mfa.reset("shop", 7),
            mfa.reseal(),
        ):
            with pytest.raises(ConfigurationError, match="store="):
                await call

    async def test_a_store_without_a_key_ring_is_refused_at_once(self, store: MemoryStore) -> None:
        with pytest.raises(ConfigurationError, match="key_ring="):
            MFAManager("Example", store=store)

    async def test_a_code_that_a_store_must_see_is_not_taken_by_memory(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret = mfa.generate_secret("alice")
        with pytest.raises(ConfigurationError, match="verify_totp_async"):
            mfa.verify_totp(secret, code_of(secret, clock))
        assert await mfa.verify_totp_async(secret, code_of(secret, clock))
        assert not await mfa.verify_totp_async(secret, code_of(secret, clock))

    async def test_without_a_store_the_twin_does_the_same(self, clock: FakeClock) -> None:
        mfa = MFAManager("Example", clock=clock)
        secret = mfa.generate_secret("alice")
        assert await mfa.verify_totp_async(secret, code_of(secret, clock))
        assert not mfa.verify_totp(secret, code_of(secret, clock))


async def test_the_waiting_record_is_given_to_one_of_many(store: MemoryStore, ring: KeyRing, mfa: MFAManager) -> None:
    await mfa.enroll(PRINCIPAL)
    records, account = Records(store, ring), Account("shop", 7)
    waiting = await records.load("pending", account)
    assert waiting
    assert [await records.take_pending(waiting, account) for _ in range(3)] == [True, False, False]


async def test_keys_of_used_codes_tell_nothing_of_the_secret(
    mfa: MFAManager, store: MemoryStore, clock: FakeClock
) -> None:
    secret = mfa.generate_secret("alice")
    await mfa.verify_totp_async(secret, code_of(secret, clock))
    ((key, _),) = [entry async for entry in store.scan(b"otp-step/")]
    assert re.fullmatch(rb"otp-step/zi1\.[A-Za-z0-9_-]{43}", key)
