from . import (
    base,
    ir_http,
    ir_http_audit,
    ir_module_module,
    res_users,
    res_users_audit,
    res_users_logins,
    res_users_uninstall,
    rotation,
    security_event,
    security_event_retention,
)
