"""What a check is, and what comes out of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.checks.baseline import Acceptance

__all__ = ["CannotTell", "Check", "NotApplicable", "Problem", "Result", "Severity", "Status"]

S = TypeVar("S")


class Severity(IntEnum):
    """How bad it is."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The name in small letters."""
        return self.name.lower()


class Status(Enum):
    """What a check came to. A warning is what a person should look at; an error is never a pass."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    WARN = "warn"
    SKIP = "skip"
    ERROR = "error"


class NotApplicable(Exception):
    """The check has nothing to look at here; the text says why, and the result is `skip`."""


class CannotTell(Exception):
    """The check could not look; the text says why, and the result is `error`."""


@dataclass(frozen=True)
class Problem:
    """What a check found.

    Args:
        message: what is wrong, in one sentence, with names and never with a secret.
        subject: what tells this finding from others of the same check, such as the name of an option.
        warning: somebody should look at it; it may be as it should be.
        severity: where it differs from that of the check.
        line: in the file of the view, from 1; 0 for none.
        file: where it is not the file of the view.
    """

    message: str
    subject: str = ""
    warning: bool = False
    severity: Severity | None = None
    line: int = 0
    file: str = ""


class Check(ABC, Generic[S]):
    """One thing that is looked at: a function of a snapshot, and what people are told about it.

    Attributes:
        id: never changes its meaning.
        title: what is so when it passes.
        severity: how bad it is when it does not.
        rationale: why it matters.
        fix: what to do.
        asvs: the requirements of OWASP ASVS 5.0 it belongs to.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity]
    rationale: ClassVar[str]
    fix: ClassVar[str]
    asvs: ClassVar[tuple[str, ...]]

    @abstractmethod
    def find(self, snapshot: S, /) -> Iterable[Problem]:
        """What is wrong in a snapshot; nothing is a pass.

        Raises:
            NotApplicable: there is nothing to look at.
            CannotTell: it cannot be said.
        """


@dataclass(frozen=True)
class Result:
    """What one check came to, for one subject.

    Attributes:
        check: the check.
        view: the name of the view it belongs to.
        status: what it came to.
        message: in one sentence; empty for a pass.
        severity: how bad it is; of a pass, how bad it would be. A warning is at most low.
        subject: see `Problem`.
        file: where it is, or nothing.
        line: in that file, from 1; 0 for none.
        accepted: why it is accepted, by a baseline.
    """

    check: type[Check[object]]
    view: str
    status: Status
    message: str = ""
    severity: Severity = Severity.INFO
    subject: str = ""
    file: str = ""
    line: int = 0
    accepted: Acceptance | None = None

    @property
    def key(self) -> str:
        """What names the finding in a baseline and in a comparison: `CONF-03`, or `CONF-09:dev_mode`."""
        return f"{self.check.id}:{self.subject}" if self.subject else self.check.id

    @property
    def is_finding(self) -> bool:
        """Whether something is wrong, or could not be checked."""
        return self.status in {Status.FAIL, Status.WARN, Status.ERROR}

    @property
    def counts(self) -> bool:
        """Whether it is a finding that nobody accepted."""
        return self.is_finding and self.accepted is None
