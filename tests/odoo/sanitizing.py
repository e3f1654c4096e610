"""Gives texts through Odoo's `html_sanitize`. Runs in the Python of the local Odoo: JSON in, JSON out."""

from __future__ import annotations

import json
import sys

from odoo.tools.mail import html_sanitize

json.dump(
    [str(html_sanitize(text, sanitize_attributes=True, sanitize_style=True)) for text in json.load(sys.stdin)],
    sys.stdout,
)
