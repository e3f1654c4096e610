"""A `zenoo_rpc.ZenooClient` with encrypted fields and without its leaks between users.

Importing this package needs the extra `rpc`. It checks that the installed zenoo-rpc is one that it knows, and replaces
four of zenoo-rpc's functions for secure clients only; plain clients in the same process behave as before.
"""

from zenoo_security.client.seams import assert_seams

assert_seams()

from zenoo_security.client import assignments, batch, function_cache, logs, relations  # noqa: E402
from zenoo_security.client.columns import drop_columns, ensure_columns  # noqa: E402
from zenoo_security.client.compare import Change, CompareAndWrite  # noqa: E402
from zenoo_security.client.errors import (  # noqa: E402
    AccessRefused,
    ConnectionFailed,
    CredentialRefused,
    LoginRefused,
    NotLoggedIn,
    OdooFailed,
    RecordMissing,
    RequestTimedOut,
    ValidationRefused,
)
from zenoo_security.client.object_action import install_object_action, remove_object_action  # noqa: E402
from zenoo_security.client.parts import Part  # noqa: E402
from zenoo_security.client.secure import SecureZenooClient  # noqa: E402

for _part in (assignments, batch, function_cache, logs, relations):
    _part.install()

__all__ = [
    "AccessRefused",
    "Change",
    "CompareAndWrite",
    "ConnectionFailed",
    "CredentialRefused",
    "LoginRefused",
    "NotLoggedIn",
    "OdooFailed",
    "Part",
    "RecordMissing",
    "RequestTimedOut",
    "SecureZenooClient",
    "ValidationRefused",
    "drop_columns",
    "ensure_columns",
    "install_object_action",
    "remove_object_action",
]
