"""Where a job is, on disk: how far, what was counted, and what the next write will change. Ids, never a value.

The file is replaced as a whole before each write to Odoo. After a crash the records of that write are looked at again:
those that need nothing any more and that it was to change are counted as changed by it.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenoo_security.errors import ConfigurationError
from zenoo_security.jobs.lock import locked
from zenoo_security.jobs.report import FieldReport
from zenoo_security.private_files import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Journal", "State", "default_path", "open_journal"]

FORMAT = 1
MAX_BYTES = 16 * 1024 * 1024


@dataclass
class State:
    """What survives a crash.

    Attributes:
        cursors: model -> id of the last record that is done.
        written: every record of every model is done; what is left is the verification.
        fields: `MODEL.FIELD` -> what was counted up to the cursor.
        intent: `MODEL.FIELD` -> id -> outcome, of the write that may or may not have reached Odoo.
        resumed: how many times the job went on.
        seconds: how long it ran.
        waited_s: how much of that it waited for Odoo.
    """

    cursors: dict[str, int] = field(default_factory=dict)
    written: bool = False
    fields: dict[str, FieldReport] = field(default_factory=dict)
    intent: dict[str, dict[int, str]] = field(default_factory=dict)
    resumed: int = 0
    seconds: float = 0.0
    waited_s: float = 0.0


class Journal:
    """The state of one job and the file that holds it; made by `open_journal`."""

    def __init__(self, path: Path | None, job: Mapping[str, Any], state: State) -> None:
        self._path = path
        self._job = job
        self.state = state

    def save(self) -> None:
        """Replace the file, and return when it is on the disk."""
        if self._path is not None:
            document = {"format": FORMAT, "job": self._job, "state": asdict(self.state)}
            _file(self._path).write(lambda: json.dumps(document).encode(), overwrite=True)

    def remove(self) -> None:
        """The job is over."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


@contextmanager
def open_journal(path: Path | None, job: Mapping[str, Any], *, restart: bool = False) -> Iterator[Journal]:
    """Take up the job of a journal, or begin one.

    Args:
        path: the file; None keeps nothing.
        job: what identifies the job, as JSON has it.
        restart: forget what the journal holds.

    Raises:
        ConfigurationError: the journal belongs to another job, is damaged, or another process works with it;
            or its folder cannot be made.
    """
    if path is None:
        yield Journal(None, job, State())
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path}: its folder cannot be made: {error.strerror}") from None
    with locked(path):
        yield Journal(path, job, State() if restart or not path.exists() else _resume(path, job))


def default_path(job: Mapping[str, Any]) -> Path:
    """A journal in `XDG_STATE_HOME`: one for each operation, host, database and set of fields.

    Raises:
        ConfigurationError: that is not set, and there is no home folder.
    """
    identity = [job["operation"], job["host"], job["database"], sorted(job["fields"])]
    digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]
    return _state_home() / "zenoo-security" / "jobs" / f"{job['operation']}-{digest}.json"


def _state_home() -> Path:
    home = Path(os.environ.get("XDG_STATE_HOME", ""))
    if home.is_absolute():  # another one is to be ignored, says the XDG Base Directory Specification
        return home
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError:
        raise ConfigurationError("there is no home folder: name a journal with --journal") from None


def _resume(path: Path, job: Mapping[str, Any]) -> State:
    document = _read(path)
    if document["job"] != json.loads(json.dumps(job)):
        different = sorted(name for name in job if document["job"].get(name) != json.loads(json.dumps(job[name])))
        raise ConfigurationError(
            f"{path} is the journal of another job ({', '.join(different)} differ): finish that one as it was begun, "
            "or forget it with --restart"
        )
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        return _state(document["state"])
    raise _unknown(path)


def _state(saved: dict[str, Any]) -> State:
    fields = {name: FieldReport(**report) for name, report in saved["fields"].items()}
    intent = {name: {int(record): outcome for record, outcome in ids.items()} for name, ids in saved["intent"].items()}
    return State(**{**saved, "fields": fields, "intent": intent, "resumed": saved["resumed"] + 1})


def _read(path: Path) -> dict[str, Any]:
    content = _file(path).read()
    with suppress(ValueError):
        document = json.loads(content)
        if isinstance(document, dict) and document.get("format") == FORMAT and isinstance(document.get("job"), dict):
            return document
    raise _unknown(path)


def _unknown(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} is no journal of this version: name another file, or forget it with --restart")


def _file(path: Path) -> PrivateFile:
    return PrivateFile(str(path), str(path), MAX_BYTES)
