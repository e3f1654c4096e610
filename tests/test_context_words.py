"""Which passwords are made of context words, and which only mention one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.context_words import MAX_WORDS, is_made_of

ANNA = ("anna.berg@acme.example", "Anna Berg", "Größe AG", "4711001")


@pytest.mark.parametrize(
    "password",
    [
        "anna.berg@acme.example",
        "ANNA BERG",
        "annabergannaberg",
        "acme",
        "2026-Acme-2026",
        "!!!!acme!!!!",
        "an.na be.rg!!",
        "AnnaBerg31.12.2026",
        "berg31121999",
        "GRÖSSE größe",
        "4711001",
        "4711001-4711001",
        "Acme.Example.2026!",
    ],
)
def test_words_in_a_row_with_a_date_are_made_of_them(password: str) -> None:
    assert is_made_of(password, ANNA)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "12345678",
        "acme pays my rent",
        "annas bergschuhe",
        "acme83619405728",
        "4711002",
        "xacme",
        "acmex",
    ],
)
def test_a_password_that_has_more_in_it_is_not(password: str) -> None:
    assert not is_made_of(password, ANNA)


def test_pieces_of_two_characters_do_not_count() -> None:
    assert not is_made_of("anananan", ["a.n@an.na", "an"])
    assert is_made_of("a.n@an.na", ["a.n@an.na"])


@given(st.lists(st.sampled_from(["acme", "ACME", "Anna", "berg", "example"]), min_size=1, max_size=5))
def test_any_row_of_the_words_is_made_of_them(row: list[str]) -> None:
    assert is_made_of("".join(row), ANNA)
    assert is_made_of("-".join(row) + "!42", ANNA)
    assert not is_made_of("".join(row) + "q", ANNA)


@given(st.text(max_size=50), st.lists(st.text(max_size=50), max_size=5))
def test_any_text_is_answered(password: str, words: list[str]) -> None:
    assert isinstance(is_made_of(password, words), bool)


def test_the_words_are_bounded() -> None:
    words = [f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(MAX_WORDS + 50)]
    assert is_made_of(words[0], words)
    assert not is_made_of(words[-1], words)
    assert not is_made_of("x" * 300, ["x" * 10_000_000])
