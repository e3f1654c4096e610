"""What protects the portal, made once for each process; the settings come from the environment."""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from zenoo_security import (
    AccessControlManager,
    EncryptedFields,
    RateLimiter,
    SecureAuthManager,
    SecureZenooClient,
    SecurityConfig,
    open_store,
)
from zenoo_security.errors import ConfigurationError
from zenoo_security.policy import PolicyFile
from zenoo_security.web import LimitRule, WebSessions

HERE = Path(__file__).parent

config = SecurityConfig.from_environment()
if not config.odoo_database:
    raise ConfigurationError("set ZENOO_SECURITY_ODOO_DATABASE to the database that users log in to")
database = config.odoo_database
store = open_store(config.store_url.get_secret_value())  # attempts, sessions, second factors, limits: for all workers
fields = EncryptedFields.from_file(HERE / "fields.toml")
access = AccessControlManager(PolicyFile(HERE / "policy.toml"))

auth = SecureAuthManager(
    config,
    store=store,
    issuer="Example portal",  # the name that authenticator apps show
    encrypted_fields=fields,
    access=access,
)
sessions = WebSessions(
    auth,
    required=["/"],  # somebody must be logged in everywhere
    free=["/login/code"],  # but here, and on the login page
    static=["/static/"],
    login_page="/login",
    enrolling=["/factor", "/logout"],  # where a user without a second factor may go, if one is required
    enroll_page="/factor",
)
limits: list[str | LimitRule] = [
    "300/minute",  # of one client, pages and style sheets together
    LimitRule(RateLimiter(20, 60, store=store, name="login"), paths=["/login"], methods=["POST"]),
]


async def odoo_client(request: Request) -> SecureZenooClient:
    """Odoo, with the rights of whoever asks."""
    return await auth.client(sessions.token(request) or "")


Odoo = Annotated[SecureZenooClient, Depends(odoo_client)]
