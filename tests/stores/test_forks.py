"""What a fork has to do with: each is held before and let go after, whatever another one raises."""

from __future__ import annotations

import asyncio
import gc
import sys

from forked import in_child
from zenoo_security.stores import forks
from zenoo_security.stores.memory import MemoryStore


class Broken:
    """Something that fails before a fork and after."""

    def __init__(self) -> None:
        self.called: list[str] = []
        forks.register(self)

    def before_fork(self) -> None:
        self.called.append("before")
        raise OSError

    def after_fork(self, *, in_child: bool) -> None:
        self.called.append("in the child" if in_child else "in the parent")
        raise OSError


def test_what_fails_at_a_fork_leaves_no_lock_behind(monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    store, broken = MemoryStore(), [Broken(), Broken()]

    def use() -> None:
        assert not forks._registering.locked()
        asyncio.run(store.put(b"k", b"v", ttl_s=60))

    def use_in_child() -> None:
        assert [each.called for each in broken] == [["before", "in the child"]] * 2
        use()

    assert in_child(use_in_child)
    assert [each.called for each in broken] == [["before", "in the parent"]] * 2
    use()
    broken.clear()
    gc.collect()  # What they raised holds them, and they would fail at the next fork as well.
