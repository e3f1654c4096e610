"""What is kept of a network that is or was blocked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from zenoo_security.errors import StoreIncompatible

__all__ = ["Block"]


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
    except ValueError:
        return None
    if not isinstance(fields, dict) or fields.pop("v", None) != 1 or fields.keys() != _KINDS.keys():
        return None
    if not all(type(fields[name]) in kinds for name, kinds in _KINDS.items()):
        return None
    return fields if all(0 <= fields[name] < _FAR for name in ("since", "until", "times")) else None


_FAR: Final = 1e12
_TIME: Final = (int, float)
_KINDS: Final = {"since": _TIME, "until": _TIME, "times": (int,), "reason": (str,), "by": (str,)}
