from . import auth_totp_wizard, recovery_codes
