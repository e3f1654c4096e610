"""Defect 27: what the guide decorates is called `wrapper`, has no docstring, and takes `*args, **kwargs`."""

from __future__ import annotations

import inspect
import typing

from guide.test_25_one_manager import create_partner, guides_require_permission
from zenoo_security import AccessControlManager, Permission, require_any, require_fresh_auth, require_permission

MANAGER = AccessControlManager()


def looks(function) -> tuple[str, str | None, str]:
    return function.__name__, function.__doc__, str(inspect.signature(function))


def test_the_guide_loses_all_of_it() -> None:
    guarded = guides_require_permission(Permission.WRITE_PARTNERS, AccessControlManager)(create_partner)
    assert looks(guarded) == ("wrapper", None, "(*args, **kwargs)")


def test_ours_keeps_it() -> None:
    for guard in (
        require_permission(Permission.WRITE_PARTNERS, access=MANAGER),
        require_any(Permission.WRITE_PARTNERS, access=MANAGER),
        require_fresh_auth(),
    ):
        guarded = guard(create_partner)
        assert looks(guarded) == looks(create_partner)
        assert guarded.__module__ == create_partner.__module__
        assert guarded.__qualname__ == "create_partner"
        assert guarded.__wrapped__ is create_partner
        assert typing.get_type_hints(guarded) == {"partner_data": dict, "return": int}
        assert inspect.iscoroutinefunction(guarded)
