"""The audit log: one event for each decision about security, in files that show what was done to them."""

from zenoo_security.audit.classified import Classified
from zenoo_security.audit.emitting import LOGGER_NAME, Detail, configure, configured, emit
from zenoo_security.audit.entry import Entry, Sink
from zenoo_security.audit.events import EVENTS, EventKind
from zenoo_security.audit.log import AuditLog
from zenoo_security.audit.refused_input import validating
from zenoo_security.audit.request import in_request
from zenoo_security.audit.sinks.background import Background
from zenoo_security.audit.sinks.file import FileSink
from zenoo_security.audit.sinks.notify import Notification, NotifySink
from zenoo_security.audit.sinks.records import RecordSink
from zenoo_security.audit.sinks.store import StoreSink
from zenoo_security.audit.sinks.syslog import SyslogSink

__all__ = [
    "EVENTS",
    "LOGGER_NAME",
    "AuditLog",
    "Background",
    "Classified",
    "Detail",
    "Entry",
    "EventKind",
    "FileSink",
    "Notification",
    "NotifySink",
    "RecordSink",
    "Sink",
    "StoreSink",
    "SyslogSink",
    "configure",
    "configured",
    "emit",
    "in_request",
    "validating",
]
