"""Recovery codes: ten that are good once each, for who has lost the authenticator app.

A code has 18 symbols of Crockford's base32, in groups of six. The first two select which of the ten it is, so that one
hash is computed whatever was entered. The other 16 are 80 random bits; NIST SP 800-63B-4 asks for 64 in a saved
recovery code. What is kept is an argon2id hash of each (OWASP ASVS 5.0, 6.5.2).
"""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import OtpMismatch, PasswordMismatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.passwords import PasswordHasher

__all__ = ["NUMBER", "canonical", "generate", "hashed", "matching"]

NUMBER: Final = 10
"""Codes in a set."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SELECTOR: Final = 2
_SECRET: Final = 16
_GROUP: Final = 6
_MAX_TYPED: Final = 64
_CODE: Final = re.compile(f"[{_ALPHABET}]{{{_SELECTOR + _SECRET}}}")
_MEANT: Final = str.maketrans("OIL", "011", "- ")


def generate() -> list[str]:
    """A new set, for the user to keep; from the operating system's random numbers."""
    selectors = secrets.SystemRandom().sample(range(len(_ALPHABET) ** _SELECTOR), NUMBER)
    return [_grouped(_symbols(selector, _SELECTOR) + _symbols(secrets.randbits(80), _SECRET)) for selector in selectors]


def canonical(typed: str) -> str | None:
    """A code as it was made, without its dashes, or `None` for what does not have the form of one.

    Case, dashes and spaces do not matter; the letters O, I and L are read as the digits 0, 1 and 1.
    """
    if len(typed) > _MAX_TYPED or not typed.isascii():
        return None
    code = typed.upper().translate(_MEANT)
    return code if _CODE.fullmatch(code) else None


async def hashed(codes: list[str], hasher: PasswordHasher) -> dict[str, str]:
    """What is kept of a set: selector -> hash of the code."""
    plain = [code.replace("-", "") for code in codes]
    hashes = await asyncio.gather(*map(hasher.hash_async, plain))
    return {code[:_SELECTOR]: stored for code, stored in zip(plain, hashes, strict=True)}


async def matching(code: str, kept: Mapping[str, str], hasher: PasswordHasher) -> tuple[str, str]:
    """The selector and the hash that a code belongs to; one hash is computed, also when there is none.

    Args:
        code: in canonical form.
        kept: what `hashed` gave, less what was used.
        hasher: computes it.

    Raises:
        OtpMismatch: it belongs to none.
    """
    selector = code[:_SELECTOR]
    stored = kept.get(selector)
    try:
        if stored is None:
            await hasher.dummy_verify_async(code)
        else:
            await hasher.verify_async(code, stored)
            return selector, stored
    except PasswordMismatch:
        pass
    raise OtpMismatch("the code is wrong, expired or already used")


def _symbols(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(length)))


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
