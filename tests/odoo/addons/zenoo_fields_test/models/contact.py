import time

from odoo import api, fields, models
from odoo.addons.zenoo_security.fields import EncryptedChar


class Contact(models.Model):
    _name = "zenoo.contact"
    _description = "A contact, to be compared with one that is not encrypted"

    name = fields.Char()
    email = EncryptedChar(blind_index="email")
    phone = EncryptedChar(blind_index="digits")
    vat = EncryptedChar()
    ref = EncryptedChar()

    @api.model
    def time_read(self, model, names, rounds):
        """Seconds of each read of all records through the ORM, with nothing in the cache."""
        records, times = self.env[model].search([]), []
        for _ in range(rounds):
            self.env.invalidate_all()
            start = time.perf_counter()
            records.read(names)
            times.append(time.perf_counter() - start)
        return times


class PlainContact(models.Model):
    _name = "zenoo.contact.plain"
    _description = "The same contact, not encrypted"

    name = fields.Char()
    email = fields.Char()
    phone = fields.Char()
    vat = fields.Char()
    ref = fields.Char()
