"""The decorators in a FastAPI application: on endpoints, and as dependencies of routes and of parameters."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from zenoo_security import AccessControlManager, Principal, acting_as, get_current_user, require_permission
from zenoo_security.errors import NoPrincipal, PermissionDenied
from zenoo_security.policy import Policy, RoleRules
from zenoo_security.roles import configured
from zenoo_security.stores import open_store

POLICY = Policy({"clerk": RoleRules(allow=["reports"]), "boss": RoleRules(allow=["wipe"], inherits=["clerk"])})
RAN: list[str] = []


class ActingUser:
    """Says who asks, as `SecureAuthManager.acting` would by the session's cookie; here a header names the user."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        login = dict(scope.get("headers", [])).get(b"x-user", b"").decode()
        if not login:
            return await self.app(scope, receive, send)
        with acting_as(Principal("shop", 7, login)):
            return await self.app(scope, receive, send)


@require_permission("wipe")
async def may_wipe() -> None:
    """Let nobody else in."""


@require_permission("reports")
def rows(limit: int = 10) -> list[int]:
    """A dependency that runs in a thread."""
    RAN.append("rows")
    return list(range(limit))


@require_permission("wipe")
async def connection(name: str = "main") -> Any:
    """A dependency that is opened before the endpoint and closed after it."""
    RAN.append(f"open {name}")
    yield name
    RAN.append("close")


@require_permission("wipe")
def sync_connection() -> Any:
    RAN.append("open sync")
    yield "sync"
    RAN.append("close sync")


app = FastAPI()
app.add_middleware(ActingUser)


@app.exception_handler(PermissionDenied)
async def refused(_request: Request, error: PermissionDenied) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=401 if isinstance(error, NoPrincipal) else 403)


@app.get("/partners/{partner_id}")
@require_permission("wipe")
async def on_the_endpoint(partner_id: int, note: str = "") -> dict[str, Any]:
    """Wipe a partner."""
    RAN.append("endpoint")
    return {"partner": partner_id, "note": note, "by": get_current_user()}


@app.get("/sync")
@require_permission("wipe")
def on_a_sync_endpoint() -> dict[str, str]:
    RAN.append("sync")
    return {"by": get_current_user()}


@app.get("/route", dependencies=[Depends(may_wipe)])
async def on_the_route() -> dict[str, str]:
    RAN.append("route")
    return {"by": get_current_user()}


@app.get("/parameter")
async def on_a_parameter(found: Annotated[list[int], Depends(rows)]) -> dict[str, int]:
    RAN.append("parameter")
    return {"rows": len(found)}


@app.get("/opened")
async def opened(name: Annotated[str, Depends(connection)]) -> dict[str, str]:
    RAN.append("opened")
    return {"name": name}


@app.get("/opened-sync")
async def opened_sync(name: Annotated[str, Depends(sync_connection)]) -> dict[str, str]:
    RAN.append("opened sync")
    return {"name": name}


@require_permission("wipe")
async def lines() -> Any:
    RAN.append("lines")
    yield "a\n"
    await asyncio.sleep(0)
    yield "b\n"


@app.get("/stream")
async def streamed() -> StreamingResponse:
    return StreamingResponse(lines(), media_type="text/plain")


@pytest.fixture(params=["memory", "sqlite"])
async def access(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """The manager of the process, with a store that has to be waited for and without."""
    store = open_store(f"sqlite:///{tmp_path / 'state.db'}") if request.param == "sqlite" else None
    manager = AccessControlManager(POLICY, store=store)
    await manager.grant("boss", "boss", database="shop")
    await manager.grant("clerk", "clerk", database="shop")
    RAN.clear()
    with configured(manager):
        yield manager
    if store:
        await store.aclose()


@pytest.fixture
async def http(access: AccessControlManager) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def get(http: httpx.AsyncClient, path: str, user: str | None) -> tuple[int, Any]:
    answer = await http.get(path, headers={"x-user": user} if user else {})
    return answer.status_code, answer.json() if "json" in answer.headers["content-type"] else answer.text


ROUTES = {
    "/partners/3?note=x": (200, {"partner": 3, "note": "x", "by": "boss"}, ["endpoint"]),
    "/sync": (200, {"by": "boss"}, ["sync"]),
    "/route": (200, {"by": "boss"}, ["route"]),
    "/parameter?limit=3": (200, {"rows": 3}, ["rows", "parameter"]),
    "/opened?name=side": (200, {"name": "side"}, ["open side", "opened", "close"]),
}


@pytest.mark.asvs("v5.0.0-8.2.1", "v5.0.0-8.3.1")
@pytest.mark.parametrize("path", ROUTES)
async def test_who_may_is_served_and_others_are_refused_before_anything_runs(http: Any, path: str) -> None:
    for user, status in ((None, 401), ("nobody", 403)):
        assert (await get(http, path, user))[0] == status
        assert RAN == []
    status, body, ran = ROUTES[path]
    assert await get(http, path, "boss") == (status, body)
    assert ran == RAN


async def test_a_stream_is_refused_before_it_begins(http: Any, access: AccessControlManager) -> None:
    """Where the store has to be waited for the status is sent by then: guard the endpoint, to answer with 403."""
    assert await get(http, "/stream", "boss") == (200, "a\nb\n")
    assert RAN == ["lines"]
    if access.waits:
        with pytest.raises(RuntimeError) as raised:
            await get(http, "/stream", "clerk")
        assert isinstance(raised.value.__cause__, PermissionDenied)
    else:
        assert (await get(http, "/stream", "clerk"))[0] == 403
    assert (await get(http, "/stream", None))[0] == 401
    assert RAN == ["lines"]


async def test_a_clerk_may_what_clerks_may(http: Any) -> None:
    assert await get(http, "/parameter", "clerk") == (200, {"rows": 10})
    assert await get(http, "/partners/3", "clerk") == (403, {"detail": "this needs wipe"})


async def test_a_sync_generator_is_called_in_the_event_loop(http: Any, access: AccessControlManager) -> None:
    """It cannot wait for a store there: make it an async one. Nothing runs."""
    if access.waits:
        with pytest.raises(Exception, match="async def"):
            await get(http, "/opened-sync", "boss")
        assert RAN == []
    else:
        assert await get(http, "/opened-sync", "boss") == (200, {"name": "sync"})
        assert RAN == ["open sync", "opened sync", "close sync"]
        assert (await get(http, "/opened-sync", "clerk"))[0] == 403


async def test_input_is_validated_as_without_the_guard(http: Any) -> None:
    assert (await get(http, "/partners/three", "boss"))[0] == 422
    assert RAN == []


async def test_the_schema_shows_the_signature_of_what_is_guarded(http: Any) -> None:
    paths = (await get(http, "/openapi.json", None))[1]["paths"]
    operation = paths["/partners/{partner_id}"]["get"]
    assert operation["summary"] == "On The Endpoint"
    assert operation["description"] == "Wipe a partner."
    assert [(p["name"], p["in"], p["required"], p["schema"]["type"]) for p in operation["parameters"]] == [
        ("partner_id", "path", True, "integer"),
        ("note", "query", False, "string"),
    ]
    names = {path: [p["name"] for p in paths[path]["get"].get("parameters", [])] for path in paths}
    assert names == {
        "/partners/{partner_id}": ["partner_id", "note"],
        "/sync": [],
        "/route": [],
        "/parameter": ["limit"],
        "/opened": ["name"],
        "/opened-sync": [],
        "/stream": [],
    }


async def test_requests_at_the_same_time_do_not_share_who_asks(http: Any) -> None:
    users = ["boss", "clerk", "nobody", None] * 25
    answers = await asyncio.gather(*(get(http, "/partners/3", user) for user in users))
    assert [status for status, _ in answers] == [200, 403, 403, 401] * 25
    assert {body["by"] for status, body in answers if status == 200} == {"boss"}
    answers = await asyncio.gather(*(get(http, "/sync", user) for user in users))
    assert [status for status, _ in answers] == [200, 403, 403, 401] * 25
