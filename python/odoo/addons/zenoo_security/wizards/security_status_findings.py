import os
from pathlib import Path

from odoo.tools import config

from odoo import fields, models, release
from zenoo_security.checks.check import Severity, Status
from zenoo_security.checks.in_odoo import check_running_odoo

from ..settings import get_key_ring

_COLORS = {
    Severity.CRITICAL: "danger",
    Severity.HIGH: "danger",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "secondary",
}


class SecurityStatus(models.TransientModel):
    _inherit = "zenoo.security.status"

    findings = fields.Html(compute="_compute_findings", sanitize=False)

    def _compute_findings(self):
        report = check_running_odoo(
            config["config"], config.options, os.environ, series=release.series, key_ring=get_key_ring
        )
        values = {
            "grade": report.grade,
            "passed": len(report.with_status(Status.PASS)),
            "skipped": len(report.with_status(Status.SKIP)),
            "findings": [self._describe_finding(result) for result in report.findings],
        }
        self.findings = self.env["ir.qweb"]._render("zenoo_security.security_status_findings", values)

    def _describe_finding(self, result):
        return {
            "id": result.check.id,
            "severity": result.severity.label,
            "color": _COLORS[result.severity],
            "message": result.message,
            "place": self._describe_place(result),
            "fix": result.check.fix,
        }

    def _describe_place(self, result):
        name = Path(result.file).name
        return f"{name}:{result.line}" if result.line else name
