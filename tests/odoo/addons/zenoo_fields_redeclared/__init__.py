from odoo import fields, models


class Patient(models.Model):
    _inherit = "zenoo.patient"

    email = fields.Char(help="Declared again")
