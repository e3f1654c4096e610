"""MFAManager: the guide's names, single use under threads, and the bounds of its memory."""

from __future__ import annotations

import inspect
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from forked import usable_after_fork
from zenoo_security import MFAManager, Totp
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InvalidInput, ParameterError, RateLimitExceeded
from zenoo_security.mfa import UsedSteps

NOW = 1_700_000_010.0
STEP = 56_666_667


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now=NOW)


@pytest.fixture
def manager(clock: FakeClock) -> MFAManager:
    return MFAManager("Example", clock=clock)


class TestGuide:
    def test_names_and_positional_order_are_those_of_the_guide(self) -> None:
        manager = MFAManager()
        assert manager.issuer_name == "Zenoo RPC"
        secret = manager.generate_secret("alice")
        assert manager.generate_qr_code("alice", secret).startswith(b"\x89PNG\r\n\x1a\n")
        assert manager.verify_totp(secret, "") is False

    @pytest.mark.asvs("v5.0.0-6.5.8")
    def test_the_time_comes_from_the_clock_of_the_server_and_from_no_argument(self) -> None:
        assert list(inspect.signature(MFAManager.verify_totp).parameters) == ["self", "secret", "token"]

    def test_every_option_is_keyword_only(self) -> None:
        parameters = list(inspect.signature(MFAManager).parameters.values())[1:]
        assert parameters
        assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)


class TestEnrolment:
    def test_the_qr_code_enrols_an_app_that_then_gives_right_codes(self, manager: MFAManager, clock: FakeClock) -> None:
        secret = manager.generate_secret("alice@example.com")
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(manager.generate_qr_code("alice@example.com", secret))))
        assert code.text == Totp(secret).uri("alice@example.com", "Example")
        assert manager.verify_totp(secret, Totp(secret).code(clock.now()))

    def test_the_svg_shows_the_same_code(self, manager: MFAManager) -> None:
        secret = manager.generate_secret("alice")
        assert manager.generate_qr_svg("alice", secret).startswith("<svg ")

    @pytest.mark.parametrize("username", ["", " ", "a:b", "a\nb", "\ud800", None, 5, "a" * 255])
    def test_a_name_that_no_app_can_show_is_refused_before_there_is_a_secret(
        self, manager: MFAManager, username: Any
    ) -> None:
        with pytest.raises(InvalidInput):
            manager.generate_secret(username)

    @pytest.mark.parametrize("issuer", ["", "a:b", "b" * 65, None])
    def test_an_issuer_that_no_app_can_show_is_refused_at_once(self, issuer: Any) -> None:
        with pytest.raises(InvalidInput):
            MFAManager(issuer)

    def test_options_reach_the_code(self, clock: FakeClock) -> None:
        options: Any = {"algorithm": "SHA512", "digits": 8, "period_s": 60, "steps_back": 0, "steps_ahead": 1}
        manager = MFAManager("Example", clock=clock, **options)
        secret = manager.generate_secret("alice")
        totp = Totp(secret, **options)
        assert not manager.verify_totp(secret, totp.code(NOW - 60))
        assert manager.verify_totp(secret, totp.code(NOW + 60))

    def test_an_option_out_of_its_range_is_refused_at_once(self) -> None:
        with pytest.raises(ParameterError):
            MFAManager("Example", digits=4)


class TestSingleUse:
    @pytest.mark.asvs("v5.0.0-6.5.1")
    def test_a_code_is_accepted_once(self, manager: MFAManager, clock: FakeClock) -> None:
        secret = manager.generate_secret("alice")
        token = Totp(secret).code(NOW)
        assert [manager.verify_totp(secret, token) for _ in range(3)] == [True, False, False]
        clock.advance(30)
        assert not manager.verify_totp(secret, token)
        assert manager.verify_totp(secret, Totp(secret).code(clock.now()))

    def test_an_older_code_is_refused_after_a_newer_one(self, manager: MFAManager) -> None:
        secret = manager.generate_secret("alice")
        assert manager.verify_totp(secret, Totp(secret).code(NOW))
        assert not manager.verify_totp(secret, Totp(secret).code(NOW - 30))

    def test_a_manager_for_each_request_is_as_strict_as_one_that_is_kept(self, clock: FakeClock) -> None:
        secret = MFAManager("Example", clock=clock).generate_secret("alice")
        token = Totp(secret).code(NOW)
        verified = [MFAManager("Example", clock=clock).verify_totp(secret, token) for _ in range(3)]
        assert verified == [True, False, False]

    def test_the_same_secret_written_otherwise_is_the_same_secret(self, manager: MFAManager) -> None:
        secret = manager.generate_secret("alice")
        token = Totp(secret).code(NOW)
        assert manager.verify_totp(secret, token)
        assert not manager.verify_totp(f" {secret.lower()}======", token)

    def test_another_secret_is_not_concerned(self, manager: MFAManager) -> None:
        for _ in range(10):
            secret = manager.generate_secret("alice")
            assert manager.verify_totp(secret, Totp(secret).code(NOW))

    @pytest.mark.asvs("v5.0.0-15.4.2")
    def test_of_many_threads_with_one_code_one_gets_in(self, clock: FakeClock) -> None:
        manager = MFAManager("Example", clock=clock)
        for _ in range(20):
            secret = manager.generate_secret("alice")
            token = Totp(secret).code(NOW)
            barrier = threading.Barrier(8)

            def enter(secret: str = secret, token: str = token, barrier: threading.Barrier = barrier) -> bool:
                barrier.wait()
                return manager.verify_totp(secret, token)

            with ThreadPoolExecutor(8) as pool:
                entered = [future.result() for future in [pool.submit(enter) for _ in range(8)]]
            assert entered.count(True) == 1

    def test_a_wrong_code_uses_nothing_up(self, manager: MFAManager) -> None:
        secret = manager.generate_secret("alice")
        token = Totp(secret).code(NOW)
        wrong = next(
            code for code in ("000000", "111111", "222222") if code not in {token, Totp(secret).code(NOW - 30)}
        )
        assert not manager.verify_totp(secret, wrong)
        assert manager.verify_totp(secret, token)


class TestBadInput:
    @pytest.mark.parametrize("token", ["", "12345", "1234567", "12345a", "\ud800", "٢٨٧٠٨٢", "1" * 10_000_000])
    def test_a_malformed_code_is_a_wrong_code(self, manager: MFAManager, token: str) -> None:
        assert manager.verify_totp(manager.generate_secret("alice"), token) is False

    @pytest.mark.parametrize("token", [None, 123456, b"123456"])
    def test_a_code_that_is_no_text_is_invalid(self, manager: MFAManager, token: Any) -> None:
        with pytest.raises(InvalidInput):
            manager.verify_totp(manager.generate_secret("alice"), token)

    @pytest.mark.parametrize("secret", ["", "short", "not base32!", None, "A" * 10_000_000])
    def test_a_malformed_secret_never_verifies(self, manager: MFAManager, secret: Any) -> None:
        with pytest.raises(InvalidInput):
            manager.verify_totp(secret, "000000")
        with pytest.raises(InvalidInput):
            manager.generate_qr_code("alice", secret)


class TestUsedSteps:
    def test_a_full_memory_refuses_until_a_code_has_expired(self, clock: FakeClock) -> None:
        manager = MFAManager("Example", clock=clock, used_steps=UsedSteps(capacity=2))
        for _ in range(2):
            secret = manager.generate_secret("alice")
            assert manager.verify_totp(secret, Totp(secret).code(NOW))
        with pytest.raises(RateLimitExceeded) as caught:
            manager.verify_totp(secret := manager.generate_secret("bob"), Totp(secret).code(NOW))
        assert caught.value.retry_after == (STEP + 2) * 30 - NOW
        clock.advance(caught.value.retry_after)
        assert manager.verify_totp(secret, Totp(secret).code(clock.now()))

    def test_a_full_memory_still_knows_a_code_that_it_holds(self) -> None:
        used, totp = UsedSteps(capacity=1), Totp.generate()
        assert used.take(totp, STEP, at=NOW)
        assert not used.take(totp, STEP, at=NOW)
        assert used.take(totp, STEP + 1, at=NOW)

    def test_what_was_forgotten_is_refused_even_if_the_clock_is_set_back(self, clock: FakeClock) -> None:
        manager = MFAManager("Example", clock=clock, used_steps=UsedSteps(capacity=1))
        first, second = manager.generate_secret("alice"), manager.generate_secret("bob")
        token = Totp(first).code(NOW)
        assert manager.verify_totp(first, token)
        clock.advance(120)
        assert manager.verify_totp(second, Totp(second).code(clock.now()))
        clock.set_now(NOW)
        assert not manager.verify_totp(first, token)

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 1), st.integers(0, 50)), max_size=60))
    def test_no_step_is_ever_taken_twice_and_the_memory_stays_bounded(self, events: list[tuple[int, int, int]]) -> None:
        used, now, taken = UsedSteps(capacity=3), NOW, set()
        secrets = [Totp.generate() for _ in range(4)]
        for who, offset, seconds in events:
            now += seconds
            totp = secrets[who]
            step = totp.step_at(now) + min(offset, 0)
            try:
                first = used.take(totp, step, at=now)
            except RateLimitExceeded:
                continue
            assert not (first and (who, step) in taken)
            if first:
                taken.add((who, step))
            assert len(used._last) <= 3

    def test_looking_and_marking_are_one_step(self) -> None:
        class SlowDict(dict[bytes, tuple[int, int]]):
            def get(self, *arguments: Any) -> Any:
                found = super().get(*arguments)
                time.sleep(0.02)
                return found

        used, totp = UsedSteps(), Totp.generate()
        used._last = SlowDict()  # type: ignore[misc]
        barrier = threading.Barrier(8)

        def take(_: int) -> bool:
            barrier.wait()
            return used.take(totp, STEP, at=NOW)

        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(take, range(8)))
        assert taken.count(True) == 1

    def test_it_holds_no_secret(self) -> None:
        used, totp = UsedSteps(), Totp.generate()
        used.take(totp, STEP, at=NOW)
        assert totp.reveal_secret() not in repr(vars(used))

    def test_a_capacity_of_nothing_is_refused(self) -> None:
        with pytest.raises(ParameterError):
            UsedSteps(capacity=0)

    @pytest.mark.asvs("v5.0.0-15.4.3")
    def test_a_fork_finds_no_lock_taken(self) -> None:
        """Another thread, which the child has not, may be about to take a step; all managers share one memory."""
        used, totp = UsedSteps(), Totp.generate()

        def take() -> None:
            assert used.take(totp, STEP, at=NOW)

        assert usable_after_fork(used._lock, take)
