"""The private names of zenoo-rpc that this package stands on, checked when it is imported.

zenoo-rpc 0.2.4 has no hooks, so a few of its private names are replaced or extended. A release that renames one of
them must stop the import with a sentence, not switch a protection off in silence. `docs/decisions/client-seams.md`
says what each name is for.
"""

from __future__ import annotations

import importlib
import inspect
import operator
import re
from importlib import metadata

from zenoo_security.errors import ConfigurationError, MissingExtra

__all__ = ["SUPPORTED", "assert_seams"]

#: From (included) and up to (excluded). Read from the metadata: 0.2.4 calls itself 0.2.3 in `zenoo_rpc.__version__`.
SUPPORTED = ((0, 2, 4), (0, 3, 0))

_NAMES = {
    "zenoo_rpc.batch.executor": (
        "BatchExecutor._execute_single_operation",
        "BatchExecutor._perform_create",
        "BatchExecutor._perform_delete",
        "BatchExecutor._perform_update",
        "BatchExecutor.execute_operations",
    ),
    "zenoo_rpc.batch.manager": ("BatchExecutor",),
    "zenoo_rpc.cache.decorators": ("_build_function_cache_key",),
    "zenoo_rpc.client": ("ZenooClient.execute_kw", "ZenooClient._parse_host_or_url"),
    "zenoo_rpc.models.base": ("OdooModel.__setattr__",),
    "zenoo_rpc.models.relationships": ("LazyRelationship.load", "LazyRelationship._fetch_data"),
    "zenoo_rpc.cache.manager": (
        "CacheManager.cache_query_result",
        "CacheManager.get_cached_query_result",
        "CacheManager.cache_model_record",
        "CacheManager.get_cached_model_record",
    ),
    "zenoo_rpc.query.builder": (
        "QuerySet._clone",
        "QuerySet._create_model_instance",
        "QuerySet._execute_query",
        "QuerySet._get_cached_result",
        "QuerySet._generate_cache_key",
        "QueryBuilder.all",
    ),
    "zenoo_rpc.transport.httpx_transport": ("AsyncTransport.json_rpc_call",),
    "zenoo_rpc.transport.session": ("SessionManager.get_call_context", "SessionManager.clear"),
    "zenoo_rpc.utils.fallback": ("FallbackManager.safe_operation",),
}

#: Attributes that a constructor sets, and parameters that an override repeats.
_ATTRIBUTES = {
    "zenoo_rpc.client:ZenooClient": ("_transport", "_session", "cache_manager"),
    "zenoo_rpc.query.builder:QuerySet": ("_cache_enabled", "_cache_manager", "_cache_ttl"),
    "zenoo_rpc.transport.session:SessionManager": ("_database", "_uid", "_username", "_password", "_context"),
    "zenoo_rpc.transport.httpx_transport:AsyncTransport": ("_client", "base_url"),
}
_PARAMETERS = ("self", "model", "method", "args", "kwargs", "context")


def assert_seams() -> None:
    """Check that the installed zenoo-rpc is one that this package knows.

    Raises:
        MissingExtra: zenoo-rpc is not installed.
        ConfigurationError: its version is out of range, or a name is gone.
    """
    version = _version()
    if not SUPPORTED[0] <= _release(version) < SUPPORTED[1]:
        raise ConfigurationError(
            f"zenoo-rpc {version} is not supported: pip install 'zenoo-rpc>=0.2.4,<0.3' "
            "(SecureZenooClient replaces private names of it)",
        )
    gone = [*_gone_names(), *_gone_attributes(), *_changed_parameters()]
    if gone:
        raise ConfigurationError(f"zenoo-rpc {version} has changed: {', '.join(gone)}; update zenoo-security")


def _version() -> str:
    try:
        return metadata.version("zenoo-rpc")
    except metadata.PackageNotFoundError:
        raise MissingExtra("rpc", "SecureZenooClient") from None


def _release(version: str) -> tuple[int, ...]:
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    return tuple(int(part or 0) for part in match.groups()) if match else ()


def _gone_names() -> list[str]:
    return [
        f"{module}.{name}"
        for module, names in _NAMES.items()
        for name in names
        if not _has(importlib.import_module(module), name)
    ]


def _has(module: object, dotted: str) -> bool:
    try:
        operator.attrgetter(dotted)(module)
    except AttributeError:
        return False
    return True


def _gone_attributes() -> list[str]:
    gone = []
    for place, names in _ATTRIBUTES.items():
        module, _, owner = place.partition(":")
        set_there = getattr(importlib.import_module(module), owner).__init__.__code__.co_names
        gone += [f"{owner}.{name}" for name in names if name not in set_there]
    return gone


def _changed_parameters() -> list[str]:
    client = importlib.import_module("zenoo_rpc.client").ZenooClient
    same = tuple(inspect.signature(client.execute_kw).parameters) == _PARAMETERS
    return [] if same else ["the parameters of ZenooClient.execute_kw"]
