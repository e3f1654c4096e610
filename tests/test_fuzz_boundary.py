"""The targets of `fuzz/python` without a fuzzer: see `docs/testing.md`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BOUNDARY = Path(__file__).parents[1] / "fuzz" / "python" / "boundary.py"


@pytest.fixture(scope="module")
def boundary():
    spec = importlib.util.spec_from_file_location("boundary", BOUNDARY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@settings(max_examples=2000, deadline=None)
@given(data=st.binary(min_size=2, max_size=80))
def test_bytes_become_a_result_or_an_error_of_ours_that_repeats_no_input(boundary, data):
    boundary.run(data)


def test_every_call_is_made_with_every_kind_of_value(boundary):
    for call in range(len(boundary.CALLS)):
        for kind in range(24):
            boundary.run(bytes([call, kind, 3, 1, 3, 5, 2, 7, 1, 1, 9, 4, 1]))


def test_an_error_that_repeats_its_input_is_found(boundary, monkeypatch):
    def repeat(value):
        raise boundary.SecurityError(value)

    monkeypatch.setattr(boundary, "CALLS", (repeat,))
    mark = [
        0,
        0,
        1,
        next(choice for choice in range(1, 256, 2) if boundary.WORDS[choice % len(boundary.WORDS)] == boundary.MARK),
    ]
    with pytest.raises(AssertionError, match="repeats its input"):
        boundary.run(bytes(mark))
