from odoo.addons.zenoo_security.fields import decrypt_columns, encrypt_columns

from .models.res_partner import INDEXES


def pre_init_hook(env):
    # In the transaction of the installation: whatever interrupts it leaves everything as it was.
    encrypt_columns(env, "res.partner", INDEXES)


def uninstall_hook(env):
    decrypt_columns(env, "res.partner", INDEXES)
