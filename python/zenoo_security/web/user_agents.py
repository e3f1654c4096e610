"""What a client calls itself: told to the audit log, and never a reason to refuse."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request

__all__ = ["ATTACK_TOOLS", "UserAgents"]

ATTACK_TOOLS: Final = (
    "acunetix",
    "arachni",
    "dirbuster",
    "feroxbuster",
    "ffuf",
    "fuzz faster u fool",
    "gobuster",
    "masscan",
    "nessus",
    "netsparker",
    "nikto",
    "nmap",
    "nuclei",
    "openvas",
    "sqlmap",
    "w3af",
    "wpscan",
    "zgrab",
)
"""Names under which scanners and attack tools go unless somebody changes them. Libraries are none: `curl`,
`python-requests` and `python-httpx` are what honest programs are made of."""

_CACHED: Final = 2048
_LOOKED_AT: Final = 512


class UserAgents(Control):
    """Tells the audit log (`malicious_attack_tool`) when a client calls itself by the name of an attack tool.

    Everybody can call themselves as they like, so nobody is refused, counted or blocked by it: it says that somebody
    has a look around who does not hide. At most 60 events a minute, which hold the name of the tool from this list and
    nothing from the request. Leaves the name under `attack_tool` in `Request.found`.

    Args:
        tools: their names, in lower case.
        clock: what tells the time; for tests.

    Raises:
        ParameterError: a name is empty or not in lower case.
    """

    def __init__(self, tools: Iterable[str] = ATTACK_TOOLS, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._tools: Final = tuple((tool, tool.encode()) for tool in tools)
        if not all(tool and tool == tool.lower() for tool, _ in self._tools):
            raise ParameterError("the names of tools are in lower case, and not empty")
        self._named: Final = lru_cache(_CACHED)(self._look)
        self._audit: Final = BoundedTelling(clock)

    def before(self, request: Request) -> None:
        """Look at the name."""
        agent = request.value(b"user-agent")
        tool = None if agent is None else self._named(agent[:_LOOKED_AT])
        if tool is not None:
            request.found["attack_tool"] = tool
            self._audit.tell("malicious_attack_tool", what="user_agent", codes=[tool])

    def _look(self, agent: bytes) -> str | None:
        lowered = agent.lower()
        return next((tool for tool, name in self._tools if name in lowered), None)
