"""A proxy through which a browser sends everything, so that nothing leaves this machine and all that would is seen."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Proxy:
    """Answers for one site by itself, and refuses all others.

    Attributes:
        pages: path on the site -> HTML.
        asked: addresses that were asked for, but for those pages, and the page that asked, where the browser says so; of
            https the host alone is seen.
    """

    site = "http://corpus.test"

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def page(self, address: str, referrer: str) -> bytes | None:
        """The page at an address; what has none is remembered."""
        found = self.pages.get(address.removeprefix(self.site))
        if found is None:
            self.asked.append((address, referrer))
        return found

    @contextmanager
    def running(self) -> Iterator[Proxy]:
        """Listen on a port of this machine."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = proxy.page(self.path, self.headers.get("Referer", ""))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - the names of http.server

        def do_CONNECT(self) -> None:
            proxy.asked.append((f"https://{self.path}", ""))
            self.close_connection = True
            self.send_error(403)

        def log_message(self, *args: object) -> None:
            pass

    return Handler
