"""Validators: text from outside in, its normal form out, or `InvalidInput` with field, code and message.

Each takes the value, keyword arguments, and `field`, the name that an error shall carry; `partner` takes a whole dict.
A value that is in its normal form already comes back as the same object. Nothing is repaired by guessing: what is wrong
is refused. Every scanner is linear and looks at the length first.

    >>> from zenoo_security import validate
    >>> validate.email("Marc@Example.COM")
    'Marc@example.com'
    >>> validate.phone("+49 (0)30 901820")
    '+4930901820'
    >>> validate.vat("de 123.456.789")
    'DE123456789'
    >>> validate.domain([("name", "ilike", "azure"), ("is_company", "=", True)])
    ['&', ('name', 'ilike', 'azure'), ('is_company', '=', True)]
    >>> validate.email("nobody@localhost", field="email")
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidInput: email: the domain after the @ is not a full and valid domain name

The rules of each are in `docs/guide/validate.md` and in its docstring.
"""

from __future__ import annotations

from zenoo_security._native import DomainParser, host_looks_alike, parse_json
from zenoo_security._native import validate_domain as domain
from zenoo_security._native import validate_email as email
from zenoo_security._native import validate_field_name as field_name
from zenoo_security._native import validate_host as host
from zenoo_security._native import validate_language as language
from zenoo_security._native import validate_line as line
from zenoo_security._native import validate_login as login
from zenoo_security._native import validate_method_name as method_name
from zenoo_security._native import validate_model_name as model_name
from zenoo_security._native import validate_name as name
from zenoo_security._native import validate_partner as partner
from zenoo_security._native import validate_url as url
from zenoo_security.validate.agreement import partner_agreement
from zenoo_security.validate.countries import country
from zenoo_security.validate.numbering_plans import phone
from zenoo_security.validate.refusals import CODES
from zenoo_security.validate.search_domains import parse_domain
from zenoo_security.validate.tax_numbers import vat

__all__ = [
    "CODES",
    "DomainParser",
    "country",
    "domain",
    "email",
    "field_name",
    "host",
    "host_looks_alike",
    "language",
    "line",
    "login",
    "method_name",
    "model_name",
    "name",
    "parse_domain",
    "parse_json",
    "partner",
    "partner_agreement",
    "phone",
    "url",
    "vat",
]
