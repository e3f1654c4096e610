"""The entrances of an Odoo database, as clients behind a proxy use them."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zenoo_security.testing import OdooDatabase


@dataclass(frozen=True)
class Entrances:
    database: OdooDatabase

    def ways(self) -> Mapping[str, Callable[[str, str, str], bool]]:
        return {"form": self.form, "session": self.session, "xmlrpc": self.xmlrpc, "jsonrpc": self.jsonrpc}

    def form(self, login: str, password: str, address: str) -> bool:
        answer = self.login_page(login, password, address)
        assert answer.status_code in {200, 303}, answer.text
        return answer.status_code == 303

    def login_page(self, login: str, password: str, address: str, **fields: str) -> httpx.Response:
        with self._client(address) as client:
            return self._log_in(client, login, password, **fields)

    def code(self, login: str, password: str, code: str, address: str) -> bool:
        with self.asked_for_a_code(login, password, address) as enter:
            return enter(code) is None

    @contextmanager
    def asked_for_a_code(self, login: str, password: str, address: str) -> Iterator[Callable[[str], str | None]]:
        """A function of a code that tells why it did not let in."""
        with self._client(address) as client:
            csrf_token = self._ask_for_code(client, login, password)
            yield lambda code: self._enter_code(client, csrf_token, code)

    def session(self, login: str, password: str, address: str) -> bool:
        params = {"db": self.database.name, "login": login, "password": password}
        return "error" not in self._json("/web/session/authenticate", params, address)

    @contextmanager
    def logged_in(self, login: str, password: str, address: str) -> Iterator[Callable[..., dict[str, object]]]:
        with self._client(address) as client:
            params = {"db": self.database.name, "login": login, "password": password}
            assert "result" in client.post("/web/session/authenticate", json={"params": params}).json()
            yield _calls(client)

    @contextmanager
    def logged_in_with_code(
        self, login: str, password: str, code: str, address: str
    ) -> Iterator[Callable[..., dict[str, object]]]:
        with self._client(address) as client:
            assert self._enter_code(client, self._ask_for_code(client, login, password), code) is None
            yield _calls(client)

    def jsonrpc(self, login: str, password: str, address: str) -> bool:
        params = {"service": "common", "method": "login", "args": [self.database.name, login, password]}
        return bool(self._json("/jsonrpc", params, address)["result"])

    def execute(self, uid: int, password: str, address: str) -> dict[str, object]:
        call = [self.database.name, uid, password, "res.users", "read", [[uid], ["login"]]]
        return self._json("/jsonrpc", {"service": "object", "method": "execute_kw", "args": call}, address)

    def xmlrpc(self, login: str, password: str, address: str) -> bool:
        body = xmlrpc.client.dumps((self.database.name, login, password), "login")
        with self._client(address) as client:
            answer = client.post("/xmlrpc/2/common", content=body, headers={"Content-Type": "text/xml"})
        [[uid], _] = xmlrpc.client.loads(answer.text)
        return bool(uid)

    def json2(self, key: str, address: str) -> int:
        with self._client(address) as client:
            headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": self.database.name}
            return client.post("/json/2/res.users/context_get", json={}, headers=headers).status_code

    def reset(self, token: str, login: str, password: str) -> str:
        with self._client("198.51.100.9") as client:
            place = {"db": self.database.name, "token": token}
            page = client.get("/web/reset_password", params=place, follow_redirects=True)
            fields = {"login": login, "name": login, "password": password, "confirm_password": password}
            fields |= {"csrf_token": _csrf_token(page), "token": token}
            return client.post("/web/reset_password", params={"token": token}, data=fields).text

    def signup(self, login: str, password: str) -> str:
        with self._client("198.51.100.9") as client:
            page = client.get("/web/signup", params={"db": self.database.name}, follow_redirects=True)
            fields = {"login": login, "name": login, "password": password, "confirm_password": password}
            return client.post("/web/signup", data=fields | {"csrf_token": _csrf_token(page)}).text

    def _log_in(self, client: httpx.Client, login: str, password: str, **fields: str) -> httpx.Response:
        page = client.get("/web/login", params={"db": self.database.name}, follow_redirects=True)
        sent = {"login": login, "password": password, "csrf_token": _csrf_token(page), **fields}
        return client.post("/web/login", data=sent)

    def _ask_for_code(self, client: httpx.Client, login: str, password: str) -> str:
        assert self._log_in(client, login, password).headers["location"].startswith("/web/login/totp")
        return _csrf_token(client.get("/web/login/totp"))

    def _enter_code(self, client: httpx.Client, csrf_token: str, code: str) -> str | None:
        answer = client.post("/web/login/totp", data={"totp_token": code, "csrf_token": csrf_token})
        if answer.status_code == 303:
            return None
        return re.search(r'role="alert">(.+?)</p>', answer.text, re.DOTALL)[1].strip().replace("&#39;", "'")

    def _json(self, path: str, params: Mapping[str, object], address: str) -> dict[str, object]:
        # httpx would send a lone surrogate as UTF-8, which has none.
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        with self._client(address) as client:
            return client.post(path, content=body, headers={"Content-Type": "application/json"}).json()

    def _client(self, address: str) -> httpx.Client:
        headers = {"X-Forwarded-For": address, "X-Forwarded-Host": "odoo.example.com"}
        return httpx.Client(base_url=self.database.url, headers=headers, timeout=120, trust_env=False)


def _calls(client: httpx.Client) -> Callable[..., dict[str, object]]:
    """A function that calls methods in a session."""

    def call(model: str, method: str, *arguments: object, **keywords: object) -> dict[str, object]:
        params = {"model": model, "method": method, "args": arguments, "kwargs": keywords}
        return client.post("/web/dataset/call_kw", json={"params": params}).json()

    return call


def _csrf_token(page: httpx.Response) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
