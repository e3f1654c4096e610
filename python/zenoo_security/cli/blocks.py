"""`zenoo-security blocks`: which networks are refused, and making and lifting blocks by hand."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, Final

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.cli.process import os_user
from zenoo_security.cli.store import opened, settings
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.web.blocks import Block, Blocks

__all__ = ["app"]

app = App("Networks whose requests are refused for a time.")

StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Where the workers keep them; or ZENOO_SECURITY_STORE_URL."),
]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="Of a client; of IPv6 its /64 is meant.")]

_DURATION: Final = re.compile(r"([0-9]{1,9})(s|min|h|d)")
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


@app.command("list")
def list_blocks(*, store: StoreUrl = None, output: OutputFormat = Format.TEXT) -> None:
    """Show the blocks that have not ended, the last to end first."""

    async def work() -> list[Block]:
        async with _blocks(store) as blocks:
            return await blocks.list()

    found = asyncio.run(work())
    if output is Format.JSON:
        typer.echo(json.dumps({"blocks": [_document(block) for block in found]}, indent=2))
        return
    for line in _table(found):
        typer.echo(line)


@app.command()
def add(
    address: Address,
    *,
    reason: Annotated[
        str, typer.Option(metavar="WORD", help="In a word; it stands in the list and in the audit log.")
    ] = "manual",
    lasts: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help="Such as 90s, 30min, 12h or 7d; what the policy says unless given."),
    ] = None,
    store: StoreUrl = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Block a network. A block that lasts longer already stays as it is.

    Workers mind it within seconds.
    """
    seconds = None if lasts is None else _seconds(lasts)

    async def work() -> Block:
        async with _blocks(store) as blocks:
            return await blocks.block(address, reason=reason, by=os_user(), seconds=seconds)

    block = asyncio.run(work())
    typer.echo(
        json.dumps(_document(block), indent=2)
        if output is Format.JSON
        else f"{block.network} until {_moment(block.until)}"
    )


@app.command()
def remove(address: Address, *, store: StoreUrl = None, output: OutputFormat = Format.TEXT) -> None:
    """Lift a block, and forget how often the network was blocked. Exit code 1 when there was none.

    Workers mind it within seconds.
    """

    async def work() -> bool:
        async with _blocks(store) as blocks:
            return await blocks.unblock(address, by=os_user())

    lifted = asyncio.run(work())
    if output is Format.JSON:
        typer.echo(json.dumps({"lifted": lifted}))
    else:
        typer.echo("lifted" if lifted else "not blocked")
    if not lifted:
        raise typer.Exit(1)


@asynccontextmanager
async def _blocks(url: str | None) -> AsyncIterator[Blocks]:
    from zenoo_security.web.blocks import Blocks

    async with opened(settings(url)) as store:
        yield Blocks(store)


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ConfigurationError("--for is a number and s, min, h or d, such as 30min")
    number, unit = match.groups()
    return int(number) * _SECONDS[unit]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, tz=timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")


def _document(block: Block) -> dict[str, object]:
    return {
        "network": block.network,
        "since": _moment(block.since),
        "until": _moment(block.until),
        "times": block.times,
        "reason": block.reason,
        "by": block.by,
    }


def _table(blocks: list[Block]) -> list[str]:
    rows = [("network", "until", "times", "by", "reason")]
    rows += [(block.network, _moment(block.until), str(block.times), block.by, block.reason) for block in blocks]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
