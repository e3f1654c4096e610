from odoo.exceptions import AccessError
from odoo.http import request

from odoo import models

from ..audit import record_refusal


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        if isinstance(exception, AccessError) and request.env.uid:
            record_refusal(request.env, request.params.get("model"), request.params.get("method"))
        return super()._handle_error(exception)
