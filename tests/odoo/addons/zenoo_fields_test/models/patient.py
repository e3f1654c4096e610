from odoo import api, fields, models
from odoo.addons.zenoo_security.fields import EncryptedChar, EncryptedHtml, EncryptedText
from zenoo_security.addon.stored_field import StoredField


class Patient(models.Model):
    _name = "zenoo.patient"
    _inherit = ["mail.thread"]
    _description = "A patient"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    email = EncryptedChar(blind_index="email", tracking=True)
    number = EncryptedChar(blind_index="digits")
    code = EncryptedChar(blind_index="exact", copy=False, default="none")
    diagnosis = EncryptedText()
    letter = EncryptedHtml()
    salary = EncryptedChar(groups="base.group_system")
    greeting = fields.Char(compute="_compute_greeting", store=True)
    domain_part = EncryptedChar(compute="_compute_domain_part", store=True, blind_index="exact")
    visit_ids = fields.One2many("zenoo.visit", "patient_id")

    @api.depends("number")
    def _compute_greeting(self):
        for patient in self:
            patient.greeting = "with number" if patient.number else "without"

    @api.depends("email")
    def _compute_domain_part(self):
        for patient in self:
            patient.domain_part = (patient.email or "").rpartition("@")[2]

    @api.onchange("code")
    def _onchange_code(self):
        if self.code:
            self.diagnosis = f"code {self.code}"

    @api.model
    def count_native_calls(self, ids, name):
        """How many tokens each native call decrypts while a field of records is read."""
        patients = self.browse(ids)
        self.env.invalidate_all()
        calls = []
        original = StoredField.open
        StoredField.open = lambda field, tokens: calls.append(len(tokens)) or original(field, tokens)
        try:
            for patient in patients:
                patient[name]
        finally:
            StoredField.open = original
        return calls

    @api.model
    def filter_in_memory(self, ids, domain):
        return self.browse(ids).filtered_domain(domain).ids

    @api.model
    def save_what_is_seen(self, record_id):
        patient = self.browse(record_id)
        seen = patient.email
        patient.email = patient.email
        patient.write({"email": patient.email or False, "name": "saved"})
        self.env.invalidate_all()
        patient.write({"email": False})
        return [bool(seen), seen]

    @api.model
    def read_from_cache(self, record_id, name):
        """A field that somebody with more rights has read before, in the same transaction."""
        patient = self.browse(record_id)
        patient.sudo()[name]
        return patient[name]

    @api.model
    def declare(self, attributes):
        """Why a field cannot be declared so."""
        try:
            body = {"_name": "zenoo.none", "_register": False, "_module": "zenoo_fields_test", "__module__": __name__}
            type("None_", (models.AbstractModel,), {**body, "email": EncryptedChar(**attributes)})
        except Exception as error:
            return str(error.__cause__ or error)


class Visit(models.Model):
    _name = "zenoo.visit"
    _inherits = {"zenoo.patient": "patient_id"}
    _description = "A visit"

    patient_id = fields.Many2one("zenoo.patient", required=True, ondelete="cascade")
    note = EncryptedChar(required=True, default="first visit")
    patient_email = fields.Char("Patient's", related="patient_id.email", readonly=False)
    kept_email = EncryptedChar("Kept", related="patient_id.email", store=True, blind_index="email")
