from odoo.exceptions import UserError, ValidationError


class EncryptedFieldError(UserError, ValueError):
    """A query that ciphertext cannot answer; Odoo asks with ValueError whether a field can be sorted or grouped."""


def refuse_query(field, env):
    raise EncryptedFieldError(
        env._(
            "%s is encrypted: it can only be searched for exact values, and not be sorted, grouped or aggregated.",
            field.get_description(env, ["string"])["string"],
        )
    )


def refuse_value(field, env, error):
    """Refuse what cannot be encrypted or indexed, with the reason that the package gives."""
    shown = field.get_description(env, ["string"])["string"]
    raise ValidationError(env._("%(field)s: %(reason)s", field=shown, reason=error.message)) from None


def require_key_ring(env):
    raise UserError(
        env._(
            "The keys of encrypted fields are missing: set key_ring_file in the section [zenoo_security] of odoo.conf, "
            "or ZENOO_SECURITY_KEY_RING_FILE, and restart Odoo. The server's log says more."
        )
    )
