"""Defect 26: the guide makes a coroutine of every function, whose check never runs unless somebody awaits it."""

from __future__ import annotations

import inspect

import pytest

from guide.test_25_one_manager import guides_require_permission
from zenoo_security import AccessControlManager, Permission, Principal, acting_as, require_permission
from zenoo_security.errors import NoPrincipal, PermissionDenied

MANAGER = AccessControlManager()
WIPED: list[str] = []


def wipe_cache() -> str:
    WIPED.append("cache")
    return "wiped"


def lines():
    WIPED.append("lines")
    yield "line"


async def rows():
    WIPED.append("rows")
    yield "row"


@pytest.fixture(autouse=True)
def nothing_is_wiped() -> None:
    WIPED.clear()


def test_the_guide_returns_what_passes_for_success() -> None:
    guarded = guides_require_permission(Permission.ADMIN_ACCESS, AccessControlManager)(wipe_cache)
    result = guarded()
    assert inspect.iscoroutine(result)
    assert result, "no error, nothing checked, nothing done"
    result.close()
    assert WIPED == []


@pytest.mark.asvs("v5.0.0-8.3.1")
@pytest.mark.parametrize("function", [wipe_cache, lines, rows])
def test_ours_checks_at_the_call_and_returns_what_the_function_does(function) -> None:
    guarded = require_permission(Permission.ADMIN_ACCESS, access=MANAGER)(function)
    with pytest.raises(NoPrincipal):
        guarded()
    with acting_as(Principal("shop", 7, "mallory")), pytest.raises(PermissionDenied):
        guarded()
    assert WIPED == []
    admin = Principal("shop", 2, "admin")
    MANAGER.assign_role(admin, "admin")
    with acting_as(admin):
        result = guarded()
    assert type(result) is type(function())


def test_class_and_static_methods_are_guarded_too() -> None:
    class Shop:
        @require_permission(Permission.ADMIN_ACCESS, access=MANAGER)
        @classmethod
        def wipe(cls) -> None: ...

        @require_permission(Permission.ADMIN_ACCESS, access=MANAGER)
        @staticmethod
        def wipe_all() -> None: ...

    for call in (Shop.wipe, Shop().wipe, Shop.wipe_all, Shop().wipe_all):
        with pytest.raises(NoPrincipal):
            call()
