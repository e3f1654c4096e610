"""SipHash as its authors' paper has it (Aumasson and Bernstein, 2012), to compare with."""

from __future__ import annotations

MASK = 2**64 - 1


def rotated(value: int, bits: int) -> int:
    return (value << bits | value >> 64 - bits) & MASK


def mixed(v: list[int], rounds: int) -> list[int]:
    """So many SipRounds."""
    v0, v1, v2, v3 = v
    for _ in range(rounds):
        v0, v2 = v0 + v1 & MASK, v2 + v3 & MASK
        v1, v3 = rotated(v1, 13) ^ v0, rotated(v3, 16) ^ v2
        v0 = rotated(v0, 32)
        v2, v0 = v2 + v1 & MASK, v0 + v3 & MASK
        v1, v3 = rotated(v1, 17) ^ v2, rotated(v3, 21) ^ v0
        v2 = rotated(v2, 32)
    return [v0, v1, v2, v3]


def siphash(key: bytes, message: bytes, rounds: tuple[int, int], length: int = 8) -> bytes:
    """The digest of 8 or 16 bytes."""
    k0, k1 = (int.from_bytes(key[start : start + 8], "little") for start in (0, 8))
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    if length == 16:
        v[1] ^= 0xEE
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) & 255])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start : start + 8], "little")
        v[3] ^= word
        v = mixed(v, rounds[0])
        v[0] ^= word
    v[2] ^= 0xEE if length == 16 else 0xFF
    v = mixed(v, rounds[1])
    digest = (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little")
    if length == 8:
        return digest
    v[1] ^= 0xDD
    v = mixed(v, rounds[1])
    return digest + (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little")
