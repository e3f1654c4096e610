"""A tiny HTTP server that answers `/jsonrpc` as a test says, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

DATABASE, LOGIN, PASSWORD, UID = "demo", "ann", "correct horse", 7


class FakeOdoo:
    """Answers logins by itself; everything else from `answers`, keyed by `model.method` or by the method.

    An answer is a value, an exception-like `odoo_error(...)`, a `Raw` response, or a function of the arguments.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Any] = {}
        self.requests: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._protocol = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._protocol}://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The `execute_kw` calls of a method: model, args, kwargs, credential."""
        found = []
        for request in self.requests:
            if request["method"] == "execute_kw" and request["args"][4] == method:
                _, uid, credential, model, _, args, *rest = request["args"]
                kwargs = rest[0] if rest else {}
                found.append({"model": model, "args": args, "kwargs": kwargs, "uid": uid, "credential": credential})
        return found

    def sent(self) -> str:
        """Everything that was sent, as one text."""
        return json.dumps(self.requests, ensure_ascii=False)

    def answer(self, params: dict[str, Any]) -> Any:
        self.requests.append(params)
        args = params.get("args") or []
        if params["method"] == "execute_kw":
            for key in (f"{args[3]}.{args[4]}", args[4]):
                if key in self.answers:
                    kwargs = {name: value for name, value in [*args[6:], {}][0].items() if name != "context"}
                    found = self.answers[key]
                    return found(*args[5], **kwargs) if callable(found) else found
            return {"lang": "de_DE", "tz": "Europe/Berlin"} if args[4] == "context_get" else True
        if params["method"] in self.answers:
            found = self.answers[params["method"]]
            return found(*args) if callable(found) else found
        if params["method"] == "authenticate":
            return UID if args[1:3] == [LOGIN, PASSWORD] else False
        return {"server_version": "19.0"}

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = fake.answer(request["params"])
                if not isinstance(answer, Raw):
                    body = {"error": answer.error} if isinstance(answer, OdooError) else {"result": answer}
                    answer = Raw(json.dumps({"jsonrpc": "2.0", "id": request["id"], **body}).encode())
                self.send_response(answer.status)
                for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


class Raw:
    """An HTTP response as it is."""

    def __init__(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.body, self.status, self.headers = body, status, headers


class OdooError:
    """The `error` member of an answer, as Odoo 19 writes it."""

    def __init__(self, name: str, message: str = "SECRET-VALUE", **data: Any) -> None:
        debug = 'Traceback (most recent call last):\n  File "/opt/odoo/SECRET-PATH.py"'
        self.error: Any = {
            "code": 0,
            "message": "Odoo Server Error",
            "data": {"name": name, "message": message, "arguments": [message], "context": {}, "debug": debug, **data},
        }
