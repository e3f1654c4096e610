"""Key check values: whether two copies hold the same key, without showing it.

The value is the first 8 bytes of HMAC-SHA256 under the key, of a text that nothing else authenticates. A key has 256
random bits, so its check value tells nothing of it; two keys with the same one do not happen.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing

__all__ = ["INDEX", "check_values"]

INDEX: Final = 0
"""Stands for the index key; no other key has this id."""

_TEXT: Final = b"zenoo-security key check value"
_BYTES: Final = 8


def check_values(ring: KeyRing) -> dict[int, str]:
    """The check value of each key of a ring, in hexadecimal, that of the index key under `INDEX`.

    The document of the ring is a str for as long as this takes, and a str cannot be wiped.

    >>> from zenoo_security import KeyRing
    >>> ring = KeyRing.generate()
    >>> check_values(ring)[1] == check_values(ring.rotate())[1]
    True
    """
    document = json.loads(ring.to_json())
    values = {entry["id"]: _check_value(entry["key"]) for entry in document["keys"]}
    return {**values, INDEX: _check_value(document["index_key"])}


def _check_value(key: str) -> str:
    return hmac.digest(base64.urlsafe_b64decode(key + "="), _TEXT, "sha256")[:_BYTES].hex()
