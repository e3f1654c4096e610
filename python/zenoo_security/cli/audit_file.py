"""The audit file of the command line: that of `ZENOO_SECURITY_AUDIT_FILE`."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.audit import Entry, FileSink

__all__ = ["VARIABLE", "audited"]

VARIABLE: Final = "ZENOO_SECURITY_AUDIT_FILE"


@contextmanager
def audited() -> Iterator[None]:
    """Write the events of a command to the file that the environment names, and nowhere if it names none.

    A command whose events cannot be written fails.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        # Else `logging` prints them; what a person has to know the command says itself.
        logging.getLogger("zenoo_security.audit").addHandler(logging.NullHandler())
        yield
        return
    from zenoo_security.audit import AuditLog, configured

    with configured(AuditLog(_LateFile(path), service="zenoo-security-cli", required=True)):
        yield


class _LateFile:
    """Opens the file at the first event, chained with the ring of the environment: most commands have none."""

    name: Final = VARIABLE

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: FileSink | None = None

    def __call__(self, entry: Entry) -> object:
        if self._file is None:
            from zenoo_security import keyring
            from zenoo_security.audit import FileSink

            key_ring = keyring.from_environment() if keyring.is_configured() else None
            self._file = FileSink(self._path, key_ring=key_ring)
        return self._file(entry)
