from odoo.exceptions import AccessError
from odoo.http import Controller, content_disposition, request, route

from odoo import SUPERUSER_ID, api

from ..audit import EVENT_MODEL


class SecurityEvents(Controller):
    @route("/zenoo_security/events.jsonl", type="http", auth="user", methods=["GET"], readonly=True)
    def export(self):
        """All events as lines of JSON, with which `zenoo-security audit verify` does what the button does."""
        if not request.env.is_system():
            raise AccessError(request.env._("Only administrators can do this."))
        headers = [
            ("Content-Type", "application/jsonl"),
            ("Cache-Control", "no-store"),
            ("Content-Disposition", content_disposition("security_events.jsonl")),
        ]
        return request.make_response(_lines(request.env.registry), headers)


def _lines(registry):
    """Sent while they are read, when the transaction of the request is over."""
    with registry.cursor(readonly=True) as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        for line in env[EVENT_MODEL]._lines():
            yield f"{line}\n".encode()
