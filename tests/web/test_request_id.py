"""An id for each request."""

from __future__ import annotations

from zenoo_security.audit import emit
from zenoo_security.web import ClientAddress, Control, RequestId

from .driving import Sent, through
from .probing import HOST

GIVEN = (b"x-request-id", b"7f3a")


class Emit(Control):
    def before(self, request):
        emit("shop.seen")


def test_events_of_a_request_have_its_id_and_the_network_of_the_client(kind, heard) -> None:
    sent = Sent(headers=[HOST, (b"x-forwarded-for", b"2001:db8::9")], peer="10.0.0.1")
    got = through(kind, [ClientAddress(["10.0.0.1"]), RequestId(), Emit()], sent)
    (event,) = heard
    fields = str(event)
    assert got.values("x-request-id")[0].decode() in fields
    assert "2001:db8::/64" in fields


def test_each_request_has_an_id_of_its_own_whatever_the_client_sends(kind) -> None:
    ids = {through(kind, [RequestId()], Sent(headers=[HOST, GIVEN])).values("x-request-id")[0] for _ in range(3)}
    assert len(ids) == 3
    assert b"7f3a" not in ids


def test_the_id_of_a_trusted_proxy_is_taken_when_it_can_be_one(kind) -> None:
    controls = [ClientAddress(["10.0.0.1"]), RequestId()]
    assert through(kind, controls, Sent(headers=[HOST, GIVEN], peer="10.0.0.1")).values("x-request-id") == [b"7f3a"]
    hostile = Sent(headers=[HOST, (b"x-request-id", b"a b<script>")], peer="10.0.0.1")
    (made,) = through(kind, controls, hostile).values("x-request-id")
    assert len(made) == 16
