"""The inventory: every event that this package emits, in the words of the OWASP Logging Vocabulary where it has one.

https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html. An application may emit events with
names of its own; those that begin with a word of the vocabulary mean what it says.
"""

from __future__ import annotations

import logging
from typing import Final, Literal, NamedTuple, TypeAlias

__all__ = ["EVENTS", "EventKind", "Outcome"]

Outcome: TypeAlias = Literal["success", "failure", "unknown"]

_INFO, _WARNING, _ERROR = logging.INFO, logging.WARNING, logging.ERROR


class EventKind(NamedTuple):
    """What is fixed about an event.

    Attributes:
        category: that of the Elastic Common Schema.
        level: of the `logging` module.
        outcome: how it went, unless the event says so itself.
        details: what else it tells, beside who, when and where.
        when: one sentence on when it occurs.
    """

    category: str
    level: int
    outcome: Outcome
    details: tuple[str, ...]
    when: str


EVENTS: Final[dict[str, EventKind]] = {
    "audit_checkpoint": EventKind("configuration", _INFO, "success", ("checkpoint",), "the chain has a checkpoint"),
    "audit_line_cut": EventKind(
        "process", _WARNING, "unknown", ("bytes", "digest"), "the line before was cut by a stop in mid-write"
    ),
    "audit_file_altered": EventKind(
        "intrusion_detection", _ERROR, "failure", ("was_bytes", "bytes"), "the file was cut, replaced or removed"
    ),
    "audit_file_ended": EventKind("process", _INFO, "success", (), "the file is full and goes on in a new one"),
    "audit_rows_expired": EventKind(
        "configuration",
        _INFO,
        "success",
        ("checkpoint", "days", "altered"),
        "rows of Odoo's database that are older than the retention are deleted, up to this place in the chain; "
        "they were altered in so many places",
    ),
    "authn_login_success": EventKind(
        "authentication", _INFO, "success", ("purpose", "factors"), "every factor of a login or step-up was right"
    ),
    "authn_login_pending": EventKind(
        "authentication", _INFO, "unknown", ("purpose",), "the password was right and a code is still to come"
    ),
    "authn_login_fail": EventKind(
        "authentication", _WARNING, "failure", ("purpose",), "a password, a code or the user was refused"
    ),
    "authn_login_fail_max": EventKind(
        "authentication", _WARNING, "failure", ("purpose",), "an attempt was refused unseen, after too many failures"
    ),
    "authn_login_error": EventKind(
        "authentication",
        _ERROR,
        "unknown",
        ("purpose",),
        "a login ended without an answer: Odoo or a store failed",
    ),
    "authn_login_unlock": EventKind(
        "authentication", _WARNING, "success", ("by",), "failures were forgotten on request"
    ),
    "authn_password_change": EventKind("iam", _INFO, "success", (), "a user changed the password"),
    "authn_password_change_fail": EventKind("iam", _WARNING, "failure", (), "Odoo's rules refused a new password"),
    "authn_token_created": EventKind("authentication", _INFO, "success", ("kind",), "a device is known from now on"),
    "authn_token_revoked": EventKind(
        "authentication", _INFO, "success", ("kind",), "the devices of a user were forgotten"
    ),
    "authn_factor_enrolled": EventKind("iam", _INFO, "success", ("factor",), "a second factor was confirmed"),
    "authn_factor_fail": EventKind("iam", _WARNING, "failure", ("factor",), "a code did not confirm a second factor"),
    "authn_factor_removed": EventKind("iam", _WARNING, "success", ("factor", "by"), "a second factor was removed"),
    "authn_recovery_codes_created": EventKind("iam", _INFO, "success", (), "a user made new recovery codes"),
    "authn_recovery_code_used": EventKind(
        "authentication",
        _WARNING,
        "success",
        ("left",),
        "a recovery code was right in place of another second factor; so many are left",
    ),
    "authz_fail": EventKind(
        "iam", _ERROR, "failure", ("needs", "operation", "field"), "somebody was refused what they may not do"
    ),
    "authz_change": EventKind(
        "iam",
        _WARNING,
        "success",
        ("whom", "change", "role", "expires_in_s"),
        "a user is assigned a role, or it is revoked (`*` for all of them)",
    ),
    "client_blocked": EventKind(
        "intrusion_detection",
        _WARNING,
        "success",
        ("by", "times", "expires_in_s"),
        "the requests of a network are refused from now on, for so many seconds",
    ),
    "client_unblocked": EventKind(
        "intrusion_detection", _WARNING, "success", ("by",), "a block was lifted before its end"
    ),
    "csp_violation": EventKind(
        "web",
        _WARNING,
        "failure",
        ("directive", "blocked", "page", "source", "line", "disposition"),
        "a browser reported that a page did what its Content-Security-Policy forbids",
    ),
    "excess_rate_limit_exceeded": EventKind(
        "web",
        _WARNING,
        "failure",
        ("what", "limiter", "limit", "window_s", "count"),
        "somebody tried too often, so many times",
    ),
    "input_validation_fail": EventKind(
        "web", _WARNING, "failure", ("what", "fields", "codes", "count"), "input from outside was refused"
    ),
    "malicious_cors": EventKind(
        "web", _WARNING, "failure", ("what", "codes", "fields", "count"), "a page of another origin was refused"
    ),
    "sensitive_create": EventKind(
        "configuration", _INFO, "success", ("what", "file", "key_id", "by"), "a key ring was made"
    ),
    "sensitive_read": EventKind(
        "configuration", _INFO, "success", ("what", "file", "key_id", "by"), "a key ring was exported"
    ),
    "sensitive_update": EventKind(
        "configuration",
        _INFO,
        "success",
        ("what", "file", "key_id", "by"),
        "a key was added, promoted or retired, or second factors sealed with it",
    ),
    "sensitive_delete": EventKind(
        "configuration", _INFO, "success", ("what", "parts", "by"), "columns of encrypted fields were dropped"
    ),
    "malicious_attack_tool": EventKind(
        "intrusion_detection",
        _WARNING,
        "unknown",
        ("what", "codes", "fields", "count"),
        "a client calls itself by the name of an attack tool, which anybody can",
    ),
    "policy_changed": EventKind(
        "configuration", _WARNING, "success", ("before", "after"), "a policy file was read anew and says something else"
    ),
    "policy_refused": EventKind(
        "configuration", _ERROR, "failure", (), "a policy file is gone or wrong: nobody is allowed anything by it"
    ),
    "session_created": EventKind("session", _INFO, "success", ("session_id",), "a session began"),
    "session_renewed": EventKind("session", _INFO, "success", ("session_id",), "a session got a new token"),
    "session_expired": EventKind(
        "session", _INFO, "success", ("session_id", "count"), "sessions were ended before their time"
    ),
    "session_use_after_expire": EventKind(
        "session",
        _WARNING,
        "failure",
        ("what", "codes", "fields", "count"),
        "a token came whose session has ended or never was, so many times",
    ),
    "sys_monitor_disabled": EventKind(
        "process", _ERROR, "failure", ("monitor", "lost"), "a sink fails, and so many events are not in it"
    ),
    "sys_monitor_enabled": EventKind(
        "process", _WARNING, "success", ("monitor", "lost"), "a sink works again, and so many events are not in it"
    ),
    "field.plaintext": EventKind(
        "database", _WARNING, "success", ("field", "count"), "encrypted fields hold values that nobody encrypted"
    ),
    "field.undecryptable": EventKind(
        "database", _WARNING, "failure", ("field", "key_id", "count"), "values do not open (`crypt_decrypt_fail`)"
    ),
    "limit.uncounted": EventKind(
        "web",
        _ERROR,
        "failure",
        ("limiter", "let_through", "count"),
        "the store of a rate limit does not answer: so many requests were refused, or let through by choice",
    ),
    "job.started": EventKind(
        "database", _INFO, "unknown", ("operation", "field", "dry_run"), "a job begins to work on these fields"
    ),
    "job.failed": EventKind(
        "database", _WARNING, "failure", ("operation", "field", "dry_run"), "a job ended before it was done"
    ),
    "job.finished": EventKind(
        "database",
        _INFO,
        "success",
        ("operation", "field", "dry_run", "rows", "left_or_wrong"),
        "a job has encrypted, decrypted, rotated or indexed a field anew; a warning when something is left or wrong",
    ),
}
"""Name -> what is fixed about it."""
