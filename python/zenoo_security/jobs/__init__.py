"""Jobs on encrypted fields: encrypt, decrypt, rotate, reindex, and what is there now.

They work on live data, in batches, under the rights of the user who is logged in. A record that somebody else changes
meanwhile is read again; nothing of anybody is overwritten.
"""

from zenoo_security.jobs.operations import decrypt, encrypt, journal_path, reindex, rotate
from zenoo_security.jobs.progress import Progress
from zenoo_security.jobs.report import FieldReport, Found, Report
from zenoo_security.jobs.subject import Subject
from zenoo_security.jobs.survey import status, verify

__all__ = [
    "FieldReport",
    "Found",
    "Progress",
    "Report",
    "Subject",
    "decrypt",
    "encrypt",
    "journal_path",
    "reindex",
    "rotate",
    "status",
    "verify",
]
