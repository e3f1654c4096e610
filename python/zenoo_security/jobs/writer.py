"""Writes a batch, and finds those of its records that Odoo refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.client.errors import OdooFailed
from zenoo_security.errors import OdooRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.client.compare import Change, CompareAndWrite

__all__ = ["Written", "write"]

_CONCURRENT: Final = ("SerializationFailure", "LockNotAvailable", "DeadlockDetected")
"""What Odoo answers when others changed the records at each of its own five attempts."""


class Written(NamedTuple):
    """The records of a batch that were not written.

    Attributes:
        skipped: somebody changed or deleted them since they were read.
        refused: Odoo refused the write: a constraint, or rights to the record.
    """

    skipped: list[int]
    refused: list[int]


async def write(compare_and_write: CompareAndWrite, changes: Sequence[Change]) -> Written:
    """Write the changes. Odoo refuses a batch as a whole; that is halved until the culprits stand alone.

    Raises:
        OdooUnavailable: what became of the batch is not known.
    """
    if not changes:
        return Written([], [])
    try:
        return Written(list(await compare_and_write(changes)), [])
    except (OdooRefused, OdooFailed) as error:
        if len(changes) == 1:
            concurrent = str(error.odoo_type).endswith(_CONCURRENT)
            return Written([changes[0].id], []) if concurrent else Written([], [changes[0].id])
    half = len(changes) // 2
    first = await write(compare_and_write, changes[:half])
    second = await write(compare_and_write, changes[half:])
    return Written(first.skipped + second.skipped, first.refused + second.refused)
