from . import base, ir_http, ir_module_module, res_users, res_users_logins, res_users_uninstall, rotation
