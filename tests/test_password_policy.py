"""The password policy: NIST SP 800-63B-4, section 3.1.1.2, with the reason for each refusal."""

from __future__ import annotations

import gzip
import hashlib
import inspect
import unicodedata
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import InvalidInput, PasswordHasher, PasswordPolicy, validate
from zenoo_security.breached import BreachedPasswords
from zenoo_security.common_passwords import common_passwords
from zenoo_security.errors import InputTooLarge, ParameterError
from zenoo_security.password_policy import MAX_BYTES, normalize_password

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "tulip lamp seven river"


def reason(password: Any, *, policy: PasswordPolicy | None = None, **known: Any) -> str | None:
    """The code of the refusal; `None` for a password that is good."""
    try:
        (policy or PasswordPolicy()).check(password, **known)
    except InvalidInput as error:
        refused = error
    else:
        return None
    assert refused.field == "password"
    assert refused.code in validate.CODES
    assert not isinstance(password, str) or len(password) < 8 or password not in str(refused)
    return refused.code


class TestLength:
    @pytest.mark.asvs("v5.0.0-6.2.1")
    def test_fifteen_characters_alone_and_eight_with_a_second_factor(self) -> None:
        assert reason("kz7#pQ!mw2-vXr", has_mfa=False) == "password_too_short"
        assert reason("kz7#pQ!mw2-vXrb", has_mfa=False) is None
        assert reason("kz7#pQ!", has_mfa=True) == "password_too_short"
        assert reason("kz7#pQ!m", has_mfa=True) is None

    @pytest.mark.asvs("v5.0.0-6.2.9")
    @pytest.mark.parametrize("alphabet", ["qjzkvxwpfb", "йцукенгшщз", "😀😃😄😁😆😅🤣😂🙂🙃"])
    def test_at_least_64_characters_of_any_script_and_up_to_1024_are_accepted(self, alphabet: str) -> None:
        long = "".join(alphabet[(i * i + i // 7) % 10] for i in range(1025))
        assert reason(long[:64]) is None
        assert reason(long[:1024]) is None
        assert reason(long) == "password_too_long"
        with pytest.raises(InputTooLarge):
            PasswordPolicy(max_length=64).check(long[:65])

    def test_what_the_hasher_cannot_take_is_refused_here(self) -> None:
        assert reason("é" * (MAX_BYTES // 2 + 1)) == "password_too_long"
        assert reason("x" * 10_000_000) == "password_too_long"
        longest = "".join(chr(0x1F600 + i % 40) for i in range(1024))
        assert len(longest.encode()) == MAX_BYTES
        PasswordHasher().hash(longest)
        # NFC makes three characters of one.
        with pytest.raises(InputTooLarge):
            normalize_password("\ufb2c" * 1365)

    def test_characters_count_and_neither_bytes_nor_decomposed_ones(self) -> None:
        decomposed = unicodedata.normalize("NFD", "äöüéèñçåøšžãõâê")
        assert (len(decomposed), reason(decomposed)) == (29, None)
        assert reason(decomposed[:-2]) == "password_too_short"

    @pytest.mark.parametrize(
        "lengths",
        [
            {"min_length": 7},
            {"min_length_with_mfa": 7},
            {"min_length": 65},
            {"min_length": 10, "min_length_with_mfa": 11},
            {"max_length": 63},
            {"max_length": 1025},
        ],
    )
    def test_lengths_that_nist_does_not_allow_are_refused_at_once(self, lengths: dict[str, int]) -> None:
        with pytest.raises(ParameterError):
            PasswordPolicy(**lengths)


class TestForm:
    @pytest.mark.asvs("v5.0.0-6.2.5")
    @pytest.mark.parametrize(
        "password",
        [
            "qjzvkpwxhbfmtr",
            "QJZVKPWXHBFMTR",
            "83619405728316",
            "!?#%&/()=+*-_;",
            "  q j z v k  w",
            "日本語のとても長い合言葉",
        ],
    )
    def test_there_are_no_rules_of_composition(self, password: str) -> None:
        assert reason(password, policy=PasswordPolicy(min_length=12)) is None

    @pytest.mark.asvs("v5.0.0-6.2.10")
    def test_nothing_of_a_password_expires(self) -> None:
        names = {*inspect.signature(PasswordPolicy).parameters, *inspect.signature(PasswordPolicy.check).parameters}
        assert not any(word in name for name in names for word in ("age", "expire", "days", "since", "history"))

    @pytest.mark.asvs("v5.0.0-6.2.8")
    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
    def test_normalizing_changes_the_form_and_nothing_else(self, password: str) -> None:
        normalized = normalize_password(password)
        assert normalized == unicodedata.normalize("NFC", password)
        assert normalize_password(normalized) == normalized
        assert normalize_password(unicodedata.normalize("NFD", password)) == normalized
        if password.isascii():
            assert normalized == password

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            *((value, "type") for value in (None, b"x" * 20, 5, ["x"] * 20)),
            *((f"tulip{sign}lamp seven river", "control") for sign in "\0\n\t\x7f\x85"),
            ("x" * 20 + "\ud800", "encoding"),
            ("", "password_too_short"),
        ],
    )
    def test_what_is_no_password_is_refused(self, password: Any, code: str) -> None:
        assert reason(password) == code

    @given(st.text(max_size=60), st.booleans(), st.lists(st.text(max_size=20), max_size=3))
    def test_any_text_is_good_or_refused_with_a_code_and_never_shown(
        self, password: str, has_mfa: bool, context: list[str]
    ) -> None:
        policy = PasswordPolicy(context=context)
        refused = reason(password, policy=policy, has_mfa=has_mfa, context=context)
        assert refused or len(password) >= 8

    def test_marks_without_end_cost_no_time(self) -> None:
        assert reason("a" + "\u0301\u0323" * 1000) == "password_too_long"


class TestLists:
    @pytest.mark.asvs("v5.0.0-6.2.4")
    def test_the_list_has_30000_and_over_3000_of_them_match_the_policy(self) -> None:
        packed = files("zenoo_security").joinpath("data").joinpath("common_passwords.txt.gz").read_bytes()
        text = gzip.decompress(packed)
        assert hashlib.sha256(text).hexdigest() in (
            files("zenoo_security").joinpath("data").joinpath("common_passwords.LICENSE").read_text()
        )
        ranked = text.decode().splitlines()
        assert (len(ranked), len(set(ranked)), ranked[:2]) == (30_000, 30_000, ["123456", "password"])
        assert all(password == password.lower() for password in ranked)
        assert common_passwords() == {password for password in ranked if len(password) >= 8}
        assert len(common_passwords()) == 11_611

    @pytest.mark.asvs("v5.0.0-6.2.4")
    def test_every_common_password_is_refused_in_any_case(self) -> None:
        policy = PasswordPolicy()
        for password in common_passwords():
            assert reason(password.upper(), policy=policy, has_mfa=True) in {"password_common", "password_context"}

    def test_spaces_around_do_not_make_it_another(self) -> None:
        assert reason("  qwertyuiop12345 ") == "password_common"

    def test_own_words_are_refused_too(self) -> None:
        policy = PasswordPolicy(words=["Winter in Zürich"])
        assert reason("WINTER IN ZÜRICH", policy=policy) == "password_common"
        assert reason(unicodedata.normalize("NFD", "winter in zürich "), policy=policy) == "password_common"
        assert reason("winter in zürich!", policy=policy) is None
        assert "Winter" not in repr(policy)

    @pytest.mark.parametrize(
        "password",
        [
            *("a" * 15, "abcabcabcabcabcabc", "1234567" * 3, "passwordpassword", "AAAAAAAAaaaaaaaa"),
            *("123456789012345", "abcdefghijklmnop", "zyxwvutsrqponmlkj", "987654321098765", "9876543210987654321"),
        ],
    )
    def test_one_piece_repeated_and_counting_are_refused(self, password: str) -> None:
        assert reason(password) == "password_common"

    @pytest.mark.parametrize("password", ["abcdabcd", "12341234", "aaaaaaaa", "23456789", "76543210"])
    def test_so_they_are_when_eight_characters_do(self, password: str) -> None:
        assert reason(password, has_mfa=True) == "password_common"

    @pytest.mark.parametrize("password", ["tulip lamp tulip lamp", "kz7#pQ!mkz7#pQ!m", "135791113151719", GOOD])
    def test_a_longer_piece_and_other_steps_are_not(self, password: str) -> None:
        assert reason(password) is None

    @pytest.mark.asvs("v5.0.0-6.2.12")
    def test_a_stolen_password_is_refused(self, stolen: BreachedPasswords) -> None:
        policy = PasswordPolicy(breached=stolen)
        assert reason("correct horse battery staple", policy=policy) == "password_breached"
        assert reason("Correct horse battery staple", policy=policy) is None


class TestContext:
    @pytest.mark.asvs("v5.0.0-6.2.11")
    def test_words_of_the_installation_and_of_the_user_are_refused(self) -> None:
        policy = PasswordPolicy(context=["Acme Ltd", "odoo19-prod"])
        user = ["anna.berg@acme.example", "Anna Berg"]
        for password in ("Acme-acme-ACME-acme", "AnnaBerg31.12.26", "odoo19prod odoo19prod", "annaberg acme ltd"):
            assert reason(password, policy=policy, context=user) == "password_context"

    @pytest.mark.asvs("v5.0.0-6.1.2")
    def test_the_list_of_the_installation_can_be_set(self) -> None:
        assert reason("Zephyranthes-2026") is None
        assert reason("Zephyranthes-2026", policy=PasswordPolicy(context=["zephyranthes"])) == "password_context"

    def test_what_odoo_gives_for_an_empty_field_is_passed_over(self) -> None:
        assert reason(GOOD, context=[False, None, "", "a@b.c"]) is None

    def test_one_text_in_the_place_of_a_list_is_refused(self) -> None:
        for wrong in ({"context": "acme"}, {"words": "acme"}):
            with pytest.raises(ParameterError):
                PasswordPolicy(**wrong)  # type: ignore[arg-type]
        with pytest.raises(ParameterError):
            PasswordPolicy().check(GOOD, context="acme")


@pytest.fixture
def stolen(tmp_path: Path) -> Any:
    from zenoo_security.breached import build

    source = tmp_path / "hashes"
    source.write_text(hashlib.sha1(b"correct horse battery staple").hexdigest() + ":3\n")
    build(source, tmp_path / "stolen")
    breached = BreachedPasswords(tmp_path / "stolen")
    yield breached
    breached.close()
