from . import security_event_verify
