from . import security_events
