from . import ir_module_module, recovery_code, res_users, res_users_recovery, rotation, totp_step
