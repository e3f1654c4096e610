"""The passwords that most people use: the first 30,000 of a ranked list, shipped compressed.

Only those that a policy could accept by their length are kept in memory: 11,611 of at least 8 characters, about 1.6 MB,
read at the first use. Source and license: `data/common_passwords.LICENSE`.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["SHORTEST", "common_passwords"]

SHORTEST: Final = 8
"""Characters of the shortest that is kept; no policy accepts fewer."""


@cache
def common_passwords() -> frozenset[str]:
    """The list, in lower case."""
    packed = files("zenoo_security").joinpath("data").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset(line for line in gzip.decompress(packed).decode().splitlines() if len(line) >= SHORTEST)
