"""What the Odoo addon `zenoo_security` decides. It never imports `odoo`: the addon hands in what it needs.

`docs/guide/odoo.md` is for administrators of Odoo, `docs/decisions/addons.md` says why it is here.
"""

__all__: list[str] = []
