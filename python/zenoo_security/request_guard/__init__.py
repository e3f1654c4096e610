"""Calls of Odoo that people outside ask for: what of them is passed on, declared once for each model.

>>> from zenoo_security.request_guard import ModelRules, RequestGuard
>>> guard = RequestGuard({"res.partner": ModelRules(methods=["search_read"], read=["name", "email"])})
>>> guard.check("res.partner", "search_read", [[("name", "ilike", "azure")]], {"fields": ["name"]}).kwargs
{'domain': [('name', 'ilike', 'azure')], 'fields': ['name'], 'limit': 100}
>>> guard.check("res.partner", "unlink", [[1]])
Traceback (most recent call last):
...
zenoo_security.errors.RequestRefused: this method of this model is not open to requests
"""

from __future__ import annotations

from zenoo_security.request_guard.fields import search_fields
from zenoo_security.request_guard.guard import RequestGuard
from zenoo_security.request_guard.methods import CheckedCall
from zenoo_security.request_guard.rules import CallLimits, Commands, ModelRules

__all__ = ["CallLimits", "CheckedCall", "Commands", "ModelRules", "RequestGuard", "search_fields"]
