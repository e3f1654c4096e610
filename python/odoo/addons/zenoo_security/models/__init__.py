from . import (
    base,
    base_partner_merge,
    ir_http,
    ir_http_audit,
    ir_module_module,
    locked_login,
    res_users,
    res_users_logins,
    rotation,
    security_event,
    security_event_retention,
)
