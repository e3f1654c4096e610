"""The Lua scripts of the Redis store, in the folder `lua`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["COMPARE_AND_SET", "OPEN", "RESERVE", "SETTLE", "TAKE", "Script"]


class Script(NamedTuple):
    """A script: its text, and the name by which a server that has seen it runs it again."""

    text: bytes
    digest: str

    @classmethod
    def read(cls, name: str) -> Script:
        """Read the file of that name."""
        text = (Path(__file__).with_name("lua") / f"{name}.lua").read_bytes()
        return cls(text, hashlib.sha1(text, usedforsecurity=False).hexdigest())


COMPARE_AND_SET: Final = Script.read("compare_and_set")
OPEN: Final = Script.read("open")
RESERVE: Final = Script.read("reserve")
SETTLE: Final = Script.read("settle")
TAKE: Final = Script.read("take")
