"""The bytes of a shared table of rate limits, as docs/formats.md has them."""

from __future__ import annotations

import hashlib
import re
import struct
import uuid
from pathlib import Path

import pytest

from shared_table.siphash import siphash
from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock
from zenoo_security.limits import SharedTable

FORMATS = Path(__file__).parents[2] / "docs/formats.md"
SECRET = bytes(range(16))
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MASK = 2**64 - 1
SPREAD = (0x6A09E667F3BCC909, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1)
BUCKETS = 192  # of the smallest table
WINDOW_NS = 60_000_000_000


def empty_table(path: Path) -> None:
    """A table with a secret that is known."""
    boot = uuid.UUID(BOOT_ID.read_text().strip()).bytes
    header = struct.pack("<8sIIQ16s16s", b"ZSLIMITS", 1, 4096, 4 * BUCKETS, SECRET, boot)
    header += hashlib.sha256(header).digest()
    path.touch(mode=0o600)
    path.write_bytes(header.ljust(4096 + 64 * BUCKETS, b"\0"))


def slots(path: Path) -> dict[int, tuple[int, int]]:
    """Fingerprint -> moment and bucket, of the slots that are not empty."""
    content = path.read_bytes()[4096:]
    found = {}
    for number, (moment, fingerprint) in enumerate(struct.iter_unpack("<QQ", content)):
        if fingerprint:
            found[fingerprint] = (moment, number // 4)
    return found


def tag(algorithm: int, identifier: str) -> int:
    key = siphash(SECRET, struct.pack("<BIQ", algorithm, 100, WINDOW_NS) + b"100/min", (2, 4), 16)
    return int.from_bytes(siphash(key, identifier.encode(), (1, 3)), "little")


def permit(own_tag: int, index: int) -> int:
    x = own_tag + (index + 1) * 0x9E3779B97F4A7C15 & MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def places(fingerprint: int) -> list[int]:
    return [(fingerprint * odd & MASK) * BUCKETS >> 64 for odd in SPREAD]


def test_the_hash_here_is_that_of_the_paper():
    """Appendix A of the paper: SipHash-2-4 of 00 to 0e; and the 128-bit form of its authors' vectors, for no bytes."""
    assert siphash(SECRET, bytes(range(15)), (2, 4)) == bytes.fromhex("e545be4961ca29a1")
    assert siphash(SECRET, b"", (2, 4), 16) == bytes.fromhex("a3817f04ba25a8e66df67214c7550293")


@pytest.mark.parametrize("identifier", ["203.0.113.9", "alice", "é" * 100])
def test_a_key_of_gcra_is_one_slot(tmp_path, identifier):
    """Its tag, and when its quota is whole."""
    empty_table(tmp_path / "limits")
    clock = FakeClock()
    store = SharedTable(tmp_path / "limits", max_keys=1)
    assert RateLimiter(100, 60, algorithm="gcra", store=store, clock=clock).hit(identifier, 3)
    [(fingerprint, (moment, bucket))] = slots(tmp_path / "limits").items()
    assert fingerprint == tag(2, identifier)
    assert moment == round(clock.monotonic() * 1e9) + 3 * WINDOW_NS // 100
    assert bucket in places(fingerprint)


@pytest.mark.parametrize("identifier", ["203.0.113.9", "alice", "é" * 100])
def test_a_key_of_a_sliding_window_is_a_slot_for_each_request_and_a_cursor(tmp_path, identifier):
    """Permits 0 and 1, and a cursor that points at 2."""
    empty_table(tmp_path / "limits")
    clock = FakeClock()
    store = SharedTable(tmp_path / "limits", max_keys=1)
    assert RateLimiter(100, 60, store=store, clock=clock).hit(identifier, 2)
    found = slots(tmp_path / "limits")
    until = round(clock.monotonic() * 1e9) + WINDOW_NS
    own_tag = tag(1, identifier)
    cursor, _ = found[own_tag]
    assert cursor & 0xFFFFF == 2
    assert 0 <= (cursor & ~0xFFFFF) - until < 2**20
    assert {number: found[permit(own_tag, number)][0] for number in range(2)} == {0: until, 1: until}
    assert len(found) == 3
    assert all(bucket in places(fingerprint) for fingerprint, (_, bucket) in found.items())


def test_the_documents_vector():
    """What the page says about 203.0.113.9."""
    text = FORMATS.read_text(encoding="utf-8")
    own_tag = tag(1, "203.0.113.9")
    for value in (own_tag, permit(own_tag, 0), tag(2, "203.0.113.9")):
        assert re.search(f"`{value:016X}`", text)
