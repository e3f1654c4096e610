"""An application with a quota, whose workers count in the store that the environment names."""

from __future__ import annotations

import os

from fastapi import FastAPI

from zenoo_security.limits import RateLimiter, SharedTable
from zenoo_security.stores import open_store
from zenoo_security.web.limit_rules import LimitRule
from zenoo_security.web.security_middleware import SecurityMiddleware

PLACE = os.environ["LIMITED_STORE"]
STORE = open_store(PLACE) if ":" in PLACE else SharedTable(PLACE, max_keys=1000)
LIMITER = RateLimiter(int(os.environ["LIMITED_QUOTA"]), 3600, store=STORE)

app = FastAPI()


@app.get("/counted")
async def counted() -> dict[str, int]:
    """Says which worker it is."""
    return {"worker": os.getpid()}


@app.get("/ready")
async def ready() -> None:
    """Not counted."""


app.add_middleware(
    SecurityMiddleware,
    profile="api",
    hosts=["127.0.0.1:*"],
    https=None,
    limits=LimitRule(LIMITER, paths=["/counted"]),
)
