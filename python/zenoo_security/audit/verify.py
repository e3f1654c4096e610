"""Whether the files of a chain are as they were written, and what was done to them if they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security._native import AuditKey
from zenoo_security.audit.chain import Position, parse
from zenoo_security.audit.checking import ChainCheck
from zenoo_security.audit.findings import Finding, Verified
from zenoo_security.errors import AuditUnavailable, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from zenoo_security._native import KeyRing

__all__ = ["Finding", "Verified", "verify"]

_MAX_LINE: Final = 64 * 1024
_REPORT_EVERY: Final = 4096


def verify(
    paths: Sequence[Path],
    key_ring: KeyRing,
    *,
    checkpoint: str | None = None,
    report: Callable[[int], None] | None = None,
) -> Verified:
    """Check the files of one chain, all together.

    A file tells which lines were removed from its beginning or its middle. That the last ones were removed only a
    checkpoint tells, which was kept elsewhere.

    Args:
        paths: the files, in any order.
        key_ring: the ring of the time, or one that it was rotated to.
        checkpoint: what `AuditLog.checkpoint` returned.
        report: is told now and then how many bytes were read.

    Raises:
        ParameterError: the text is no checkpoint, or there is no file.
        AuditUnavailable: a file has no line of a chain.
        OSError: a file cannot be read.
    """
    anchor = None if checkpoint is None else Position.from_text(checkpoint)
    if (checkpoint is not None and anchor is None) or not paths:
        raise ParameterError("a checkpoint is the text that AuditLog.checkpoint returned: 12000.Q2x... or so")
    check = ChainCheck(AuditKey(key_ring), anchor)
    read = 0
    for path in sorted(paths, key=_first_count):
        check.begin(str(path))
        for number, line in enumerate(_lines(path), 1):
            check.line(number, line)
            read += len(line)
            if report is not None and not number % _REPORT_EVERY:
                report(read)
    if report is not None:
        report(read)
    return check.finish()


def _first_count(path: Path) -> int:
    for line in _lines(path):
        found = parse(line.removesuffix(b"\n"))
        if found is not None:
            return found.position.count
    raise AuditUnavailable(f"{path}: no line of a chain: was it written with a key ring?")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(_MAX_LINE):
            yield line
