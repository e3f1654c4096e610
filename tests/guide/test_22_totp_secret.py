"""Defect 22, as far as the primitives go: the guide's secret is a plain string that any log or traceback shows."""

from __future__ import annotations

import pickle

import pytest

from zenoo_security import MFAManager, Totp


def test_the_object_that_holds_the_secret_does_not_show_or_store_it() -> None:
    secret = MFAManager().generate_secret("alice")
    totp = Totp(secret)
    assert secret not in f"{totp!r} {totp} {vars(type(totp))}"
    with pytest.raises(TypeError):
        pickle.dumps(totp)
