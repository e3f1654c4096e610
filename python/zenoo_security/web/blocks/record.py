"""What is kept of a network that is or was blocked."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Final

from zenoo_security.errors import ParameterError, StoreIncompatible

__all__ = ["Block", "check_words"]

_WORDS: Final = re.compile(r"[A-Za-z0-9_.:@ -]{1,64}")
"""What a reason and a name are made of: nothing that a terminal or a log would take for more."""


def check_words(reason: str, by: str) -> None:
    """Raise `ParameterError` where a reason, or the name of the one who blocks, is of other characters."""
    if not (_WORDS.fullmatch(reason) and _WORDS.fullmatch(by)):
        raise ParameterError("reason and by are 1 to 64 letters, digits, spaces and _.:@-")


@dataclass(frozen=True)
class Block:
    """A block of a network.

    Args:
        network: an IPv4 address, or the /64 of an IPv6 address.
        since: when it began, in Unix seconds of the store's time.
        until: when it ends.
        times: how often the network was blocked, this one included, since it was last forgotten.
        reason: in a word, such as `rate_limit`.
        by: `violations`, or the one who did it by hand.
    """

    network: str
    since: float
    until: float
    times: int
    reason: str
    by: str

    def encode(self) -> bytes:
        """As a store keeps it; the network is the key."""
        fields = asdict(self)
        del fields["network"]
        return json.dumps({"v": 1, **fields}, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, network: str, raw: bytes) -> Block:
        """Read it.

        Raises:
            StoreIncompatible: a newer version, or something else, has written it.
        """
        fields = _fields(raw)
        if fields is None:
            raise StoreIncompatible("a newer version of zenoo-security, or something else, has written a block")
        return cls(network, **fields)


def _fields(raw: bytes) -> dict[str, Any] | None:
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.pop("v", None) != 1 or fields.keys() != _KINDS.keys():
        return None
    if not all(type(fields[name]) in kinds for name, kinds in _KINDS.items()):
        return None
    if not all(_WORDS.fullmatch(fields[name]) for name in ("reason", "by")):
        return None
    return fields if all(0 <= fields[name] < _FAR for name in ("since", "until", "times")) else None


_FAR: Final = 253_402_300_800  # The year 10000, which no calendar of Python has.
_TIME: Final = (int, float)
_KINDS: Final = {"since": _TIME, "until": _TIME, "times": (int,), "reason": (str,), "by": (str,)}
