"""Refusing whole networks for a time: those that went on and on, and those that somebody named."""

from __future__ import annotations

from contextlib import nullcontext
from math import ceil
from typing import TYPE_CHECKING, Final, Literal

from zenoo_security.audit import emit
from zenoo_security.audit.before import told_before
from zenoo_security.clock import BOOT_CLOCK, Clock
from zenoo_security.errors import ParameterError, StoreError
from zenoo_security.web.blocks.cache import BlockCache
from zenoo_security.web.blocks.exempt import ExemptNetworks
from zenoo_security.web.blocks.policy import DEFAULT_POLICY, BlockPolicy
from zenoo_security.web.blocks.record import check_words
from zenoo_security.web.blocks.stored import BlockStore, network
from zenoo_security.web.control import Control
from zenoo_security.web.networks import network_of
from zenoo_security.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from zenoo_security.stores import Store
    from zenoo_security.web.blocks.record import Block
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["Blocks"]

_MOST_KEPT_S: Final = 60.0
_BY_ITSELF: Final = "violations"


class Blocks(Control):
    """Refuses the requests of networks that are blocked, with 403 and `Retry-After`.

    A network is an IPv4 address or the /64 of an IPv6 address. It is blocked by hand, or when it has had too many
    violations: `RequestLimits` counts its refusals here, and an application may count what it finds. All workers that
    share the store count together, and of those who find a network out at the same time one blocks it. A block ends by
    itself. The next one of the same network is longer, until it has behaved for a while.

    What the store said of a network is good for `cache_s` in this process: so long it may take until another process
    minds a block that was made or lifted here.

    Args:
        store: where the blocks are.
        policy: when a network is blocked, and for how long.
        never: networks that are never blocked, such as those of the own offices and of the proxies. This machine itself
            (127.0.0.0/8 and ::1) never is.
        when_unavailable: what becomes of a request when the store cannot say: `refuse` it with 503, or let it `pass`.
        cache_s: seconds, 0 to 60.
        clock: what tells the time; for tests.

    Raises:
        ParameterError: an argument is out of its range.
    """

    def __init__(
        self,
        store: Store,
        *,
        policy: BlockPolicy = DEFAULT_POLICY,
        never: Iterable[str] = (),
        when_unavailable: Literal["refuse", "pass"] = "refuse",
        cache_s: float = 5.0,
        clock: Clock = BOOT_CLOCK,
    ) -> None:
        if when_unavailable not in {"refuse", "pass"}:
            raise ParameterError("when_unavailable is refuse or pass")
        if not 0 <= cache_s <= _MOST_KEPT_S:
            raise ParameterError(f"cache_s is 0 to {_MOST_KEPT_S:g}")
        self._never: Final = ExemptNetworks(never)
        self._passes: Final = when_unavailable == "pass"
        self._stored: Final = BlockStore(store, policy, clock=clock)
        self._cache: Final = BlockCache(cache_s, clock)

    def before(self, request: Request) -> Response | Awaitable[Response | None] | None:
        """Refuse the request of a blocked network. A client without an address is nobody's: its limit decides."""
        name = network_of(request.client)
        if name is None:
            return None
        known = self._cache.get(name)
        if known is None:
            return self._ask(name)
        block, lasts_s = known
        return None if block is None else _refusal(lasts_s)

    async def _ask(self, name: str) -> Response | None:
        try:
            block = await self._find(name)
            if block is None:
                return None
            return _refusal(await self._stored.left_s(block))
        except StoreError:
            if self._passes:
                return None
            return problem(
                503,
                "Blocks cannot be looked up at the moment: try again.",
                headers=((b"retry-after", b"1"),),
                code="store_unavailable",
            )

    async def _find(self, name: str) -> Block | None:
        block = None if name in self._never else await self._stored.find(name)
        self._cache.put(name, block, 0.0 if block is None else await self._stored.left_s(block))
        return block

    async def count(self, client: str | None, *, reason: str = "rate_limit") -> Block | None:
        """Count a violation of the network of a client, and block it when it was one too many.

        A store that does not answer counts nothing and blocks nobody: the request is refused anyway.

        Args:
            client: its address. A client without one is not counted.
            reason: what was violated, in a word.

        Returns:
            The block, if there is one now.

        Raises:
            ParameterError: the reason is of other characters than one may have.
        """
        check_words(reason, _BY_ITSELF)
        name = network_of(client)
        if name is None or name in self._never:
            return None
        try:
            if not await self._stored.violated(name):
                return None
            block = await self._stored.find(name)
            if block is None and await self._stored.may_block():
                block = await self._block(name, reason=reason, by=_BY_ITSELF)
            self._cache.forget(name)
        except StoreError:
            return None
        return block

    async def block(self, address: str, *, reason: str, by: str, seconds: float | None = None) -> Block:
        """Block the network of an address by hand.

        Args:
            address: of a client, or the /64 of IPv6.
            reason: in a word; it is in the list and in the audit log.
            by: who does it.
            seconds: how long; what the policy says unless given. A block that lasts longer already stays as it is.

        Raises:
            InvalidInput: it is no address.
            ParameterError: the network is never blocked; or the reason, the one who does it, or the time is none.
            StoreUnavailable: the store does not answer.
        """
        name = network(address)
        if name in self._never:
            raise ParameterError("this network is on the list of those that are never blocked")
        return await self._block(name, reason=reason, by=by, seconds=seconds)

    async def unblock(self, address: str, *, by: str) -> bool:
        """End a block, and forget how often the network was blocked.

        Returns:
            Whether it was blocked.

        Raises:
            InvalidInput: it is no address.
            StoreUnavailable: the store does not answer.
        """
        name = network(address)
        was = await self._stored.find(name) is not None
        telling = told_before("client_unblocked", client_ip=_address(name), by=by) if was else nullcontext()
        with telling:
            try:
                await self._stored.unblock(name)
            finally:
                self._cache.forget(name)
        return was

    async def find(self, address: str) -> Block | None:
        """The block of the network of an address, as the store has it now.

        Raises:
            InvalidInput: it is no address.
            StoreUnavailable: the store does not answer.
        """
        return await self._find(network(address))

    async def list(self) -> list[Block]:
        """All blocks that have not ended, the last to end first.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return sorted([block async for block in self._stored.blocks()], key=lambda block: -block.until)

    async def _block(self, name: str, *, reason: str, by: str, seconds: float | None = None) -> Block:
        block, is_new = await self._stored.block(name, reason=reason, by=by, seconds=seconds)
        self._cache.forget(name)
        if is_new:
            lasts_s = round(block.until - block.since)
            emit(
                "client_blocked",
                client_ip=_address(name),
                reason=reason,
                by=by,
                times=block.times,
                expires_in_s=lasts_s,
            )
        return block


def _address(name: str) -> str:
    return name.removesuffix("/64")


def _refusal(lasts_s: float) -> Response:
    wait = b"%d" % max(ceil(lasts_s), 1)
    return problem(
        403, "Requests from this network are refused for a time.", headers=((b"retry-after", wait),), code="blocked"
    )
