"""A mail server that takes everything and tells to whom it was sent."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._answer("220 sink")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT TO:"):
                self.server.recipients.append(line[8:].strip("<> "))
            if verb.startswith("DATA"):
                self._answer("354 go on")
                while self.rfile.readline().rstrip(b"\r\n") != b".":
                    pass
            self._answer("250 sink")
            if verb.startswith("QUIT"):
                return

    def _answer(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def smtp_sink():
    """Its port, and the list of recipients so far."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.recipients = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], server.recipients
        finally:
            server.shutdown()
            thread.join()
