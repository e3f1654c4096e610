"""Stores that belong to no event loop: a WSGI application runs each call in a loop of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from stores.conformance import Fixtures
from stores.hammer import FIVE
from zenoo_security.stores import Counter


class AnyLoopSuite(Fixtures):
    """Of a store that is used from several event loops."""

    def test_one_event_loop_after_the_other(self, backend):
        store = backend.open()
        for number in range(5):
            asyncio.run(store.put(b"k%d" % number, b"v", ttl_s=60))
            assert asyncio.run(store.get(b"k%d" % number)) == b"v"
        asyncio.run(store.aclose())

    def test_an_event_loop_in_each_thread(self, backend):
        store = backend.open()
        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(lambda: asyncio.run(store.reserve([Counter(b"k", FIVE)]))) for _ in range(40)]
            assert sorted(call.result() for call in calls)[:6] != [0.0] * 6
            assert [call.result() for call in calls].count(0.0) == 5
        asyncio.run(store.aclose())
