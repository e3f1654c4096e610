from odoo.exceptions import AccessError, UserError

from odoo import fields, models
from zenoo_security.audit.chain import Position

from ..audit import find_audit_key

_SHOWN = 20


class SecurityEventVerify(models.TransientModel):
    _name = "zenoo.security.event.verify"
    _description = "Check of security events"

    checkpoint = fields.Char(
        "Checkpoint of an earlier check",
        help="A text that you have kept elsewhere: it shows whether events were removed since.",
    )
    state = fields.Selection(
        [("new", "Not checked"), ("intact", "Intact"), ("altered", "Altered"), ("unprotected", "Not protected")],
        default="new",
        readonly=True,
    )
    message = fields.Text("Result", readonly=True)
    next_checkpoint = fields.Char("Keep this elsewhere for the next check", readonly=True)

    def action_verify(self):
        self.ensure_one()
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        self.write(self._verify())
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _verify(self):
        if not find_audit_key():
            message = self.env._(
                "This server has no key ring, so events are not protected against changes in the database: set "
                "key_ring_file in the section [zenoo_security] of odoo.conf, and restart Odoo."
            )
            return {"state": "unprotected", "message": message, "next_checkpoint": False}
        place = Position.from_text(self.checkpoint) if self.checkpoint else None
        if self.checkpoint and not place:
            raise UserError(
                self.env._("A checkpoint looks like 12000.Q2x...: copy all of what an earlier check showed.")
            )
        found = self.env["zenoo.security.event"]._verify(place)
        if found.findings:
            state, message = "altered", self._describe_findings(found.findings)
        elif not found.chained:
            state, message = "unprotected", self.env._("No event is protected yet.")
        else:
            state, message = "intact", self.env._("%s events are as they were written.", found.chained)
        notes = [message, *self._notes(found)]
        return {"state": state, "message": "\n".join(notes), "next_checkpoint": found.chained and found.end.text}

    def _describe_findings(self, findings):
        whole, row = self.env._("The table"), self.env._("Event %s")
        lines = [f"{row % finding.row if finding.row else whole}: {finding.what}" for finding in findings[:_SHOWN]]
        head = self.env._("%s places are not as they were written. The first:", len(findings))
        return "\n".join([head, *lines])

    def _notes(self, found):
        if found.before:
            yield self.env._("%s older events are not protected: there was no key ring yet.", found.before)
        if found.expired:
            yield self.env._("%s older events were deleted after the time that they are kept.", found.expired)
        if found.checkpoint_too_old:
            yield self.env._("The checkpoint is older than the oldest event, and says nothing about those here.")
        if self.checkpoint and not found.findings and not found.checkpoint_too_old:
            yield self.env._("Nothing was removed since the checkpoint.")
