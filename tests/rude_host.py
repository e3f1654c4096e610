"""A host on loopback that does anything: hangs, drops, drips, goes in circles, serves a gigabyte."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: session_id=x\r\n"


def drops(stream, over):
    """Ends the connection without an answer."""


def hangs(stream, over):
    over.wait(300)


def drips(stream, over):
    stream.sendall(OK + b"\r\n")
    while not over.wait(0.05):
        stream.sendall(b"x")


def _request(stream):
    """A whole request: a client may send its body apart."""
    received = stream.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(one[15:]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")), 0)
    while len(body) < length and (more := stream.recv(65_536)):
        body += more
    return head + b"\r\n\r\n" + body


@contextmanager
def host(answer, context=None, *, sees_request=False):
    """Its address, and the requests that it got; it does `answer` with each connection.

    Args:
        answer: is called with the stream, an event that is set at the end, and with `sees_request` the request.
        context: of TLS.
        sees_request: whether `answer` is handed the request.
    """
    over = threading.Event()
    requests = []

    def serve(connection):
        try:
            with connection, context.wrap_socket(connection, server_side=True) if context else connection as stream:
                requests.append(_request(stream) if sees_request else stream.recv(65_536))
                answer(stream, over, requests[-1]) if sees_request else answer(stream, over)
        except OSError:
            pass

    def accept():
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}", requests
        finally:
            over.set()
