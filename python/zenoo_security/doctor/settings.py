"""The settings, and the files that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.checks.environment.settings import Understood
from zenoo_security.checks.environment.snapshot import MADE_LATER, PUBLIC_FILES, Surroundings
from zenoo_security.checks.files import look_at
from zenoo_security.doctor.finding import Finding, State
from zenoo_security.environment import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.doctor.situation import Situation

__all__ = ["probe"]


def probe(situation: Situation) -> Iterator[Finding]:
    """Whether they are understood, and who can read the files."""
    seen = Surroundings(situation.environ, situation.config, situation.error, situation.deprecated)
    problems = list(Understood().find(seen))
    for problem in problems:
        state = State.WARN if problem.warning else State.FAIL
        yield Finding("settings", state, problem.message, Understood.fix)
    if not problems:
        count = sum(name.startswith(PREFIX) for name in situation.environ)
        yield Finding("settings", State.OK, f"{count} variables {PREFIX}..., all understood")
    for name in sorted(situation.environ):
        if name.startswith(PREFIX) and name.endswith("_FILE"):
            yield _file(name, situation.environ[name])


def _file(name: str, path: str) -> Finding:
    facts, public = look_at(path), name in PUBLIC_FILES
    if facts.mode is None:
        if name in MADE_LATER:
            return Finding("file", State.OK, f"{name}: {path} is not there yet")
        return Finding("file", State.FAIL, f"{name}: {path} is not there, or cannot be looked at", "Correct the path")
    if facts.allows(0o022 if public else 0o077):
        what = "others can change it" if public else "others can read it"
        return Finding("file", State.FAIL, f"{name}: {path}, mode {facts.mode:04o}: {what}", f"chmod go-rwx {path}")
    return Finding("file", State.OK, f"{name}: {path}, mode {facts.mode:04o}")
