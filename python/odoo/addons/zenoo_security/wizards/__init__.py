from . import security_event_verify, security_status, security_status_findings
