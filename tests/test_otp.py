"""TOTP: known answers, the window, replays, and what bad input gets."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zenoo_security import Totp
from zenoo_security.errors import (
    InputTooLarge,
    InvalidInput,
    OtpMismatch,
    ParameterError,
    SecurityError,
)

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
LONE_SURROGATE = "\ud800"

algorithms = st.sampled_from(["SHA1", "SHA256", "SHA512"])
moments = st.integers(0, 2**40)


@st.composite
def totps(draw: st.DrawFn) -> Totp:
    return Totp.generate(
        algorithm=draw(algorithms),
        digits=draw(st.integers(6, 8)),
        period_s=draw(st.integers(1, 100_000)),
        steps_back=draw(st.integers(0, 10)),
        steps_ahead=draw(st.integers(0, 10)),
    )


def refused(totp: Totp, code: str, **keywords: Any) -> bool:
    try:
        totp.verify(code, **keywords)
    except OtpMismatch:
        assert totp.matched_step(code, **keywords) is None
        return True
    return False


class TestKnownAnswers:
    def test_counters_give_the_codes_of_rfc_4226(self, vectors: Any) -> None:
        hotp = vectors("otp")["hotp"]
        totp = Totp(hotp["secret"], digits=hotp["digits"], period_s=1)
        assert [totp.code(counter) for counter in range(10)] == hotp["codes"]

    @pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
    @pytest.mark.asvs("v5.0.0-11.2.1", "v5.0.0-11.4.1")
    def test_moments_give_the_codes_of_rfc_6238_with_its_errata(self, vectors: Any, algorithm: Any) -> None:
        known = vectors("otp")["totp"]
        totp = Totp(known["secrets"][algorithm], algorithm=algorithm, digits=known["digits"])
        for row in known["codes"]:
            assert totp.step_at(row["at"]) == row["step"]
            assert totp.code(row["at"]) == row[algorithm]
            assert totp.verify(row[algorithm], at=row["at"]) == row["step"]

    def test_base32_is_that_of_rfc_4648(self, vectors: Any) -> None:
        base32 = vectors("otp")["base32"]
        for row in base32["valid"]:
            text = base32["prefix"]["base32"] + row["base32"]
            assert Totp(text).reveal_secret() == text.rstrip("=")

    def test_what_people_type_is_read(self, vectors: Any) -> None:
        for row in vectors("otp")["base32"]["tolerated"]:
            assert Totp(row["text"]).reveal_secret() == SECRET, row["why"]

    def test_what_is_not_a_secret_is_refused_with_its_code(self, vectors: Any) -> None:
        for row in vectors("otp")["base32"]["invalid"]:
            with pytest.raises(InvalidInput) as caught:
                Totp(row["text"])
            assert caught.value.code == row["code"], row["why"]
            assert not row["text"] or row["text"] not in str(caught.value)

    def test_uris_are_those_of_the_key_uri_format(self, vectors: Any) -> None:
        known = vectors("otp")["uri"]
        totp = Totp(known["secret"])
        for row in known["valid"]:
            assert totp.uri(row["account"], row["issuer"]) == row["uri"]
        for row in known["invalid"]:
            with pytest.raises(InvalidInput) as caught:
                totp.uri(row["account"], row["issuer"])
            assert caught.value.code == "otp_label", row["why"]


class TestWindow:
    @pytest.mark.parametrize(("offset", "accepted"), [(-2, False), (-1, True), (0, True), (1, False)])
    @pytest.mark.asvs("v5.0.0-6.5.5")
    def test_the_current_step_and_the_one_before_are_accepted_and_no_future_one(
        self, offset: int, accepted: bool
    ) -> None:
        totp = Totp(SECRET)
        code = totp.code(1_700_000_000 + 30 * offset)
        assert refused(totp, code, at=1_700_000_000) is not accepted

    @given(totps(), moments, st.integers(-14, 14))
    def test_a_code_is_accepted_in_its_window_and_outside_by_collision_only(
        self, totp: Totp, at: int, offset: int
    ) -> None:
        now = totp.step_at(at)
        step = now + offset
        assume(step >= 0)
        code = totp.code(step * totp.period_s)
        window = range(max(0, now - totp.steps_back), now + totp.steps_ahead + 1)
        fitting = [candidate for candidate in window if totp.code(candidate * totp.period_s) == code]
        assert (step in window) <= bool(fitting)
        if fitting:
            assert totp.verify(code, at=at) == max(fitting)
        else:
            assert refused(totp, code, at=at)

    def test_the_step_changes_on_the_second(self) -> None:
        totp = Totp(SECRET)
        assert [totp.step_at(at) for at in (0, 29.999, 30, 59.999, 60.0)] == [0, 0, 1, 1, 2]


class TestReplay:
    @pytest.mark.asvs("v5.0.0-6.5.1")
    def test_a_step_is_refused_after_itself(self) -> None:
        totp = Totp(SECRET)
        code = totp.code(59)
        step = totp.verify(code, at=59)
        assert refused(totp, code, at=59, after_step=step)
        assert refused(totp, code, at=89, after_step=step)
        assert totp.verify(totp.code(60), at=60, after_step=step) == step + 1

    @given(totps(), moments, st.integers(-11, 11), st.integers(0, 2**41))
    def test_what_is_accepted_is_always_later_than_what_was(
        self, totp: Totp, at: int, offset: int, after_step: int
    ) -> None:
        moment = max(0, at + offset * totp.period_s)
        step = totp.matched_step(totp.code(moment), at=at, after_step=after_step)
        assert step is None or step > after_step

    def test_a_code_that_fits_two_steps_cannot_be_used_twice(self) -> None:
        totp = Totp(SECRET)
        early, late = 910_737, 910_738
        code = totp.code(early * 30)
        assert code == totp.code(late * 30)
        assert totp.verify(code, at=late * 30) == late
        assert refused(totp, code, at=late * 30, after_step=late)


class TestWrongCodes:
    @given(st.text() | st.from_regex(r"\A[0-9]{6}\Z"), moments)
    def test_only_a_code_of_the_window_is_accepted(self, code: str, at: int) -> None:
        totp = Totp(SECRET)
        right = {totp.code(at), totp.code(max(0, at - 30))}
        assert refused(totp, code, at=at) is (code not in right)

    @pytest.mark.parametrize(
        "code",
        [
            "",
            "28708",
            "2870822",
            " 287082",
            "287082\n",
            "+87082",
            "-87082",
            "0x7082",
            "28 082",
            "28\uff17082",
            "٢٨٧٠٨٢",
            "28708\x00",
            LONE_SURROGATE * 6,
            "2" * 10_000_000,
        ],
    )
    def test_a_malformed_code_is_a_wrong_code(self, code: str) -> None:
        assert refused(Totp(SECRET), code, at=59)

    @pytest.mark.parametrize("code", [287082, None, b"287082", ["287082"], 287082.0])
    def test_a_code_that_is_no_text_is_invalid(self, code: Any) -> None:
        with pytest.raises(InvalidInput) as caught:
            Totp(SECRET).verify(code, at=59)
        assert caught.value.code == "type"

    def test_one_text_for_every_wrong_code(self) -> None:
        totp = Totp(SECRET)
        texts = set()
        for code, after_step in (("000000", None), ("x", None), (totp.code(59), 1), (totp.code(0), 5)):
            with pytest.raises(OtpMismatch) as caught:
                totp.verify(code, at=59, after_step=after_step)
            texts.add(str(caught.value))
        assert len(texts) == 1


class TestParameters:
    @pytest.mark.parametrize(
        "arguments",
        [
            {"algorithm": "MD5"},
            {"algorithm": "sha1"},
            {"digits": 5},
            {"digits": 9},
            {"digits": -1},
            {"digits": 10**30},
            {"digits": "6"},
            {"period_s": 0},
            {"period_s": -30},
            {"period_s": 2**32},
            {"period_s": 30.5},
            {"steps_back": 11},
            {"steps_back": -1},
            {"steps_ahead": 11},
            {"steps_ahead": 10**30},
        ],
    )
    def test_an_argument_out_of_its_range_is_refused(self, arguments: dict[str, Any]) -> None:
        with pytest.raises(ParameterError):
            Totp(SECRET, **arguments)

    @pytest.mark.parametrize("at", [-1, -0.5, float("nan"), float("inf"), 2**53 + 2, 10**400, "59", None])
    def test_a_moment_that_is_none_is_refused(self, at: Any) -> None:
        totp = Totp(SECRET)
        for call in (totp.step_at, totp.code, lambda at: totp.verify("000000", at=at)):
            with pytest.raises(ParameterError):
                call(at)

    @pytest.mark.parametrize("after_step", [-1, 2**64, "1", 1.5])
    def test_a_last_step_that_is_none_is_refused(self, after_step: Any) -> None:
        with pytest.raises(ParameterError):
            Totp(SECRET).verify("000000", at=59, after_step=after_step)

    @pytest.mark.parametrize(
        ("secret", "error"),
        [
            (None, InvalidInput),
            (SECRET.encode(), InvalidInput),
            (LONE_SURROGATE, InvalidInput),
            ("A" * 10_000_000, InputTooLarge),
            ("\xe4", InvalidInput),
        ],
    )
    def test_a_secret_that_is_no_base32_text_is_refused(self, secret: Any, error: type[SecurityError]) -> None:
        with pytest.raises(error):
            Totp(secret)

    @pytest.mark.parametrize(
        ("account", "issuer", "error"),
        [
            ("a" * 255, "b", InputTooLarge),
            ("a", "b" * 65, InputTooLarge),
            (LONE_SURROGATE, "b", InvalidInput),
            ("a", None, InvalidInput),
            ("a" * 10_000_000, "b", InputTooLarge),
        ],
    )
    def test_a_label_that_cannot_stand_in_a_uri_is_refused(
        self, account: Any, issuer: Any, error: type[SecurityError]
    ) -> None:
        with pytest.raises(error):
            Totp(SECRET).uri(account, issuer)


class TestSecrecy:
    @pytest.mark.asvs("v5.0.0-11.2.3", "v5.0.0-6.5.3")
    def test_a_generated_secret_has_160_bits_and_is_new(self) -> None:
        secrets = {Totp.generate().reveal_secret() for _ in range(1000)}
        assert len(secrets) == 1000
        assert all(re.fullmatch("[A-Z2-7]{32}", secret) for secret in secrets)

    def test_no_text_of_the_object_shows_the_secret(self) -> None:
        totp = Totp(SECRET)
        assert repr(totp) == "Totp(algorithm='SHA1', digits=6, period_s=30, steps_back=1, steps_ahead=0)"
        for text in (repr(totp), str(totp), f"{totp}", repr(totp._core), str(totp._core)):
            assert SECRET not in text

    @pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_it_cannot_be_pickled_or_copied(self, take: Any) -> None:
        for secret in (Totp(SECRET), Totp(SECRET)._core):
            with pytest.raises(TypeError):
                take(secret)

    def test_it_cannot_be_changed(self) -> None:
        totp = Totp(SECRET)
        for name in ("algorithm", "digits", "period_s", "steps_back", "_core"):
            with pytest.raises(AttributeError):
                setattr(totp, name, getattr(totp, name))

    def test_errors_do_not_chain_to_what_was_given(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            Totp("hunter2 hunter2 hunter2 hunter1")
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
