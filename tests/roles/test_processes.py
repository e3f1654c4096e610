"""What one process changes, another one sees at its next question."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zenoo_security import AccessControlManager
from zenoo_security.policy import PolicyFile
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKER = Path(__file__).with_name("asker.py")

FIRST = 'version = 1\n[roles.clerk]\nallow = ["reports"]\n[roles.boss]\nallow = ["reports", "wipe"]\n'
SECOND = 'version = 1\n[roles.clerk]\nallow = ["other"]\n[roles.boss]\nallow = ["reports", "wipe"]\n'


class Asker:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, login: str, permission: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"login": login, "permission": permission}) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@contextmanager
def asking(url: str, policy: Path) -> Iterator[Asker]:
    process = subprocess.Popen(
        [sys.executable, str(ASKER), url, str(policy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Asker(process)
    finally:
        process.kill()
        process.communicate()


def replaced(path: Path, text: str) -> None:
    """Put a file in place in one step, readable for its owner alone."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o600)
    new.replace(path)


@pytest.mark.asvs("v5.0.0-8.3.2")
async def test_changes_are_effective_at_the_next_question_of_another_process(tmp_path: Path) -> None:
    url, policy = f"sqlite:///{tmp_path / 'state.db'}", tmp_path / "policy.toml"
    replaced(policy, FIRST)
    store = open_store(url)
    here = AccessControlManager(PolicyFile(policy), store=store)
    with asking(url, policy) as asker:
        for _ in range(20):
            assert asker.ask("alice", "reports") == "refused"
            await here.grant("alice", "clerk", database="shop")
            assert asker.ask("alice", "reports") == "allowed"
            assert asker.ask("bob", "reports") == "refused"
            await here.withdraw("alice", "clerk", database="shop")
        await here.grant("alice", "clerk", database="shop")
        for _ in range(5):
            assert asker.ask("alice", "reports") == "allowed"
            replaced(policy, SECOND)
            assert asker.ask("alice", "reports") == "refused"
            replaced(policy, FIRST)
        replaced(policy, "this is no policy")
        assert asker.ask("alice", "reports") == "policy"
    await store.aclose()


def test_a_forked_process_waits_in_a_thread_of_its_own(tmp_path: Path) -> None:
    """The thread that the parent has is not there in the child."""
    policy = tmp_path / "policy.toml"
    replaced(policy, FIRST)
    store = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    access = AccessControlManager(PolicyFile(policy), store=store)
    access.assign_role("alice", "clerk", database="shop")
    child = os.fork()
    if child == 0:
        try:
            access.assign_role("alice", "boss", database="shop")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert access.rights_now("alice", database="shop").roles == {"clerk", "boss"}
    asyncio.run(store.aclose())
