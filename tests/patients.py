"""Records of the models in `tests/odoo/addons/zenoo_fields_test`, and how tests look at them."""

from __future__ import annotations

PATIENT = "zenoo.patient"
VISIT = "zenoo.visit"
VALUES = {
    "email": "Anna.Berg@Example.com",
    "number": "+49 30 1234",
    "code": "J11.1",
    "diagnosis": "influenza\nsince Monday",
    "letter": "<p>Dear Anna</p>",
    "salary": "4711 EUR",
}


def read(database, record, *names, model=PATIENT, **options):
    [row] = database.call(model, "read", [record], list(names), **options)
    return {name: row[name] for name in names}


def search(database, *domain, model=PATIENT, **options):
    return database.call(model, "search", list(domain), **options)
