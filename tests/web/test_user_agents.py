"""What a client calls itself is told, and refuses nobody."""

from __future__ import annotations

import pytest

from zenoo_security.clock import FakeClock
from zenoo_security.errors import ParameterError
from zenoo_security.web import UserAgents

from .driving import Sent, through


def sent(agent: bytes | None) -> Sent:
    return Sent(headers=[(b"host", b"app.example.com"), *([] if agent is None else [(b"user-agent", agent)])])


@pytest.mark.parametrize("agent", [b"sqlmap/1.8#stable (https://sqlmap.org)", b"Mozilla/5.00 (Nikto/2.5)", b"NUCLEI"])
def test_an_attack_tool_that_does_not_hide_is_told_and_let_in(kind, heard, agent):
    assert through(kind, [UserAgents()], sent(agent)).status == 200
    assert [entry.event for entry in heard] == ["malicious_attack_tool"]
    assert agent not in heard[0].line


@pytest.mark.parametrize(
    "agent", [None, b"", b"curl/8.5.0", b"python-requests/2.32", b"python-httpx/0.28.1", b"Mozilla/5.0 Firefox/140", b"\xff"]
)  # fmt: skip
def test_of_honest_programs_nothing_is_told(kind, heard, agent):
    assert through(kind, [UserAgents()], sent(agent)).status == 200
    assert not heard


def test_what_is_told_is_bounded(heard):
    """A million requests are no million lines; the next minute says how many there were."""
    clock = FakeClock()
    control = UserAgents(clock=clock)
    for _ in range(200):
        through("asgi", [control], sent(b"sqlmap"))
    assert len(heard) == 60
    clock.advance(61)
    through("asgi", [control], sent(b"sqlmap"))
    assert b'"count":141' in heard[60].line


def test_names_beyond_what_is_looked_at_are_not_seen(heard):
    """Neither is a long one kept."""
    through("asgi", [UserAgents()], sent(b"x" * 600 + b"sqlmap"))
    assert not heard


@pytest.mark.parametrize("tools", [["SQLMap"], [""]])
def test_a_name_that_would_never_match_or_always_is_refused(tools):
    with pytest.raises(ParameterError):
        UserAgents(tools)
