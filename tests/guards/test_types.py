"""Guards keep the types of what they guard: the checker finds every mistake in a call, and no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import zenoo_security

TYPED = """
from collections.abc import AsyncIterator, Iterator
from enum import Enum
from typing_extensions import assert_type
from zenoo_security import AccessControlManager, Permission, Role, require_any, require_permission, require_role
from zenoo_security import RateLimits, SecureZenooClient, open_store, rate_limited, secure_object_access

access = AccessControlManager()
class Mine(Enum):
    REPORTS = "reports"

@require_permission(Permission.READ_PARTNERS)
def function(new: str, *, again: int = 0) -> bytes: return b""
@require_permission(Mine.REPORTS, access=access)
async def coroutine(new: str) -> bytes: return b""
@require_any("a", "b")
def generator(new: str) -> Iterator[int]: yield 1
@require_role(Role.ADMIN)
async def async_generator(new: str) -> AsyncIterator[int]:
    yield 1
@rate_limited("60/minute", key="new")
def limited(new: str) -> int: return 1
@rate_limited(RateLimits("10/s"), key=lambda call: str(call["new"]), store=open_store("memory://"), wait=True)
async def waiting(new: str) -> int: return 1
class Shop:
    @require_permission("reports")
    def method(self, new: str) -> int: return 1
    @classmethod
    @require_permission("reports")
    def of_the_class(cls, new: str) -> int: return 1
    @staticmethod
    @require_permission("reports")
    async def static(new: str) -> int: return 1

@secure_object_access("res.partner", "read", confirm_existence=True)
async def get_partner(client: SecureZenooClient, partner_id: int) -> str: return ""
@secure_object_access("res.partner", "read")
async def rows(client: SecureZenooClient, partner_ids: list[int]) -> AsyncIterator[str]:
    yield ""

async def records(client: SecureZenooClient) -> None:
    assert_type(await get_partner(client, partner_id=4), str)
    assert_type(rows(client, [4]), AsyncIterator[str])
    await get_partner(client, "4")  # type: ignore[arg-type]
    await get_partner(client)  # type: ignore[call-arg]
    rows(client, 4)  # type: ignore[arg-type]

async def use() -> None:
    assert_type(function("a", again=1), bytes)
    assert_type(await coroutine("a"), bytes)
    assert_type(generator("a"), Iterator[int])
    assert_type(limited("a"), int)
    assert_type(await waiting("a"), int)
    limited(5)  # type: ignore[arg-type]
    assert_type(async_generator("a"), AsyncIterator[int])
    assert_type(Shop().method("a"), int)
    assert_type(Shop.of_the_class("a"), int)
    assert_type(await Shop.static("a"), int)
    assert_type(access.has_permission("alice", Permission.READ_PARTNERS), bool)
    assert_type(await access.allows("alice", "reports"), bool)
    function(5)  # type: ignore[arg-type]
    function("a", other=1)  # type: ignore[call-arg]
    await coroutine()  # type: ignore[call-arg]
    Shop().method(1)  # type: ignore[arg-type]
    Shop.of_the_class(1)  # type: ignore[arg-type]
    if access.allows("alice", "reports"):  # type: ignore[truthy-bool]
        pass

@require_permission  # type: ignore[arg-type]
def without_parentheses() -> None: ...
require_permission(7)  # type: ignore[arg-type]
require_permission("reports", "admin")  # type: ignore[arg-type, call-arg]
require_permission("reports", access="x")  # type: ignore[arg-type]
require_permission("reports")(5)  # type: ignore[arg-type]
require_role(None)  # type: ignore[arg-type]
"""


def test_types_of_arguments_and_results_are_kept() -> None:
    """An unused `ignore` would be an error as well."""
    options = ["--strict", "--config-file=", f"--cache-dir={os.devnull}", "--follow-imports=silent"]
    options += ["--enable-error-code=truthy-bool"]
    source = Path(zenoo_security.__file__).parent.parent
    # An installed package is found by itself.
    environment = {**os.environ, "MYPYPATH": "" if source.name == "site-packages" else str(source)}
    command = [sys.executable, "-m", "mypy", *options, "-c", TYPED]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (result.stdout, result.stderr) == ("Success: no issues found in 1 source file\n", "")
