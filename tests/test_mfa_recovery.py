"""Recovery codes: their form, their single use, and one hash whatever is entered."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_users import NOW, PRINCIPAL, WEAK, code_of, enrolled, manager_with
from zenoo_security import KeyRing, MFAManager, PasswordHasher
from zenoo_security.clock import FakeClock
from zenoo_security.errors import NotEnrolled, OtpMismatch, PasswordMismatch
from zenoo_security.mfa import recovery
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from random import Random

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now=NOW)


@pytest.fixture
def mfa(clock: FakeClock) -> MFAManager:
    return manager_with(MemoryStore(clock=clock), KeyRing.generate(), clock)


class CountingHasher:
    """Counts what it computes."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    async def hash_async(self, password: str) -> str:
        return await WEAK.hash_async(password)

    async def verify_async(self, password: str, stored: str) -> None:
        self.calls["verify"] += 1
        await WEAK.verify_async(password, stored)

    async def dummy_verify_async(self, password: str) -> None:
        self.calls["verify"] += 1
        await WEAK.dummy_verify_async(password)


class TestForm:
    @pytest.mark.asvs("v5.0.0-6.5.4")
    def test_a_set_has_ten_codes_of_80_random_bits_that_people_can_read(self) -> None:
        codes = recovery.generate()
        assert len(codes) == 10
        for code in codes:
            groups = code.split("-")
            assert [len(group) for group in groups] == [6, 6, 6]
            assert set("".join(groups)) <= set(ALPHABET)
        assert len({code[:2] for code in codes}) == 10

    @pytest.mark.asvs("v5.0.0-6.5.3")
    def test_every_symbol_of_the_secret_takes_every_value(self) -> None:
        codes = [code.replace("-", "") for _ in range(100) for code in recovery.generate()]
        assert len({code[2:] for code in codes}) == 1000
        for place in range(2, 18):
            assert {code[place] for code in codes} == set(ALPHABET)

    @given(st.text(ALPHABET, min_size=18, max_size=18), st.randoms())
    def test_case_dashes_spaces_and_look_alikes_do_not_matter(self, code: str, random: Random) -> None:
        swaps = {"0": "0Oo", "1": "1IiLl"}
        typed = "".join(random.choice(swaps.get(symbol, symbol + symbol.lower())) for symbol in code)
        typed = "".join(symbol + random.choice(["", "-", " "]) for symbol in typed)
        assert recovery.canonical(typed) == code

    @pytest.mark.parametrize(
        "typed", ["", "123456", "A" * 17, "A" * 19, "U" * 18, "A" * 17 + "\n", "\uff21" * 18, "-" * 64]
    )
    def test_nothing_else_has_the_form_of_one(self, typed: str) -> None:
        assert recovery.canonical(typed) is None

    @pytest.mark.asvs("v5.0.0-6.5.2")
    async def test_what_is_kept_is_an_argon2id_hash_of_each(self) -> None:
        codes = recovery.generate()
        kept = await recovery.hashed(codes, PasswordHasher())
        assert all(stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for stored in kept.values())
        assert len(set(kept.values())) == 10
        code = codes[4].replace("-", "")
        assert await recovery.matching(code, kept, PasswordHasher()) == (code[:2], kept[code[:2]])


class TestUse:
    @pytest.mark.asvs("v5.0.0-6.5.1")
    async def test_each_is_good_once_and_in_any_order(self, mfa: MFAManager, clock: FakeClock) -> None:
        _, codes = await enrolled(mfa, clock)
        for code in reversed(codes):
            assert await mfa.verify("shop", 7, code.lower()) == "recovery"
            with pytest.raises(OtpMismatch):
                await mfa.verify("shop", 7, code)
        assert (await mfa.factors("shop", 7)).recovery_codes_left == 0
        assert await mfa.is_enrolled("shop", 7)

    async def test_one_wrong_symbol_is_a_wrong_code(self, mfa: MFAManager, clock: FakeClock) -> None:
        _, codes = await enrolled(mfa, clock)
        code = codes[0].replace("-", "")
        for place in range(18):
            wrong = code[:place] + ALPHABET[ALPHABET.index(code[place]) ^ 1] + code[place + 1 :]
            with pytest.raises(OtpMismatch):
                await mfa.verify("shop", 7, wrong)
        assert await mfa.verify("shop", 7, code) == "recovery"

    async def test_a_new_set_ends_the_old_one(self, mfa: MFAManager, clock: FakeClock) -> None:
        secret, old = await enrolled(mfa, clock)
        new = await mfa.regenerate_recovery_codes(PRINCIPAL)
        assert len(new) == 10
        for code in old:
            with pytest.raises(OtpMismatch):
                await mfa.verify("shop", 7, code)
        assert await mfa.verify("shop", 7, new[0]) == "recovery"
        clock.advance(30)
        assert await mfa.verify("shop", 7, code_of(secret, clock)) == "totp"

    async def test_who_has_no_second_factor_has_no_recovery_codes(self, mfa: MFAManager) -> None:
        with pytest.raises(NotEnrolled):
            await mfa.regenerate_recovery_codes(PRINCIPAL)

    async def test_of_many_tries_at_once_with_one_code_one_succeeds(self, mfa: MFAManager, clock: FakeClock) -> None:
        _, codes = await enrolled(mfa, clock)
        results = await asyncio.gather(*(mfa.verify("shop", 7, codes[0]) for _ in range(20)), return_exceptions=True)
        assert results.count("recovery") == 1
        assert sum(isinstance(result, OtpMismatch) for result in results) == 19

    async def test_all_ten_at_once_succeed_although_they_are_one_record(
        self, mfa: MFAManager, clock: FakeClock
    ) -> None:
        _, codes = await enrolled(mfa, clock)
        assert await asyncio.gather(*(mfa.verify("shop", 7, code) for code in codes)) == ["recovery"] * 10
        assert (await mfa.factors("shop", 7)).recovery_codes_left == 0


class TestCost:
    @pytest.mark.asvs("v5.0.0-6.3.8")
    @pytest.mark.parametrize("case", ["right", "selector only", "no such selector", "used", "not enrolled"])
    async def test_one_hash_is_computed_whatever_is_entered(self, clock: FakeClock, case: str) -> None:
        hasher = CountingHasher()
        mfa = MFAManager(
            "Example",
            store=MemoryStore(clock=clock),
            key_ring=KeyRing.generate(),
            clock=clock,
            hasher=hasher,  # type: ignore[arg-type]
        )
        _, codes = await enrolled(mfa, clock)
        selectors = {code[:2] for code in codes}
        unused = next(a + b for a in ALPHABET for b in ALPHABET if a + b not in selectors)
        tried = {"selector only": codes[0][:2] + "0" * 16, "no such selector": unused + "0" * 16}.get(case, codes[0])
        if case == "used":
            await mfa.verify("shop", 7, codes[0])
        hasher.calls.clear()
        try:
            await mfa.verify("shop", 8 if case == "not enrolled" else 7, tried)
        except OtpMismatch:
            assert case != "right"
        assert hasher.calls == {"verify": 1}

    async def test_the_stand_in_costs_what_a_real_one_does(self) -> None:
        with pytest.raises(PasswordMismatch):
            await PasswordHasher().dummy_verify_async("0" * 18)
