"""The audit log of this process: rows in the database that an event belongs to, and records in the server's log."""

import contextlib
import functools
import time

import odoo.service.model as service_model
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools.lru import LRU

from odoo import api
from zenoo_security import Principal, acting_as
from zenoo_security._native import AuditKey
from zenoo_security.addon.audit_context import current_database, in_database
from zenoo_security.addon.audit_sink import RowSink
from zenoo_security.audit import AuditLog, RecordSink, configure, emit
from zenoo_security.errors import SecurityError

from .settings import get_key_ring

EVENT_MODEL = "zenoo.security.event"

_MINUTE_S = 60
_told = LRU(4096)


def start_audit():
    """Once for each process."""
    if hasattr(service_model.execute_cr, "records_refusals"):
        return
    service_model.execute_cr = _recording_refusals(service_model.execute_cr)
    sink = RowSink(_open_cursor, lambda: current_database(request), find_audit_key)
    configure(AuditLog(sink, RecordSink(), service="odoo"))


def _open_cursor(database):
    # Not while modules are loaded: the table may not be there, or locked by the same process.
    registry = Registry.registries.get(database)
    has_rows = registry is not None and registry.ready and EVENT_MODEL in registry
    return db_connect(database).cursor() if has_rows else None


@functools.cache
def find_audit_key():
    try:
        return AuditKey(get_key_ring())
    except SecurityError:
        return None


def record(env, event, *, user=None, **details):
    """Emit an event of this database, at once: a rollback does not undo it.

    Args:
        env: the environment.
        event: its name.
        user: who did it, or who was tried to log in as; nobody unless given.
        details: as for `emit`.
    """
    with in_database(env.cr.dbname):
        emit(event, principal=_principal_of(user), database=env.cr.dbname, **details)


def record_after_commit(env, event, **details):
    """Emit an event of what is not done unless the transaction is committed."""
    env.cr.postcommit.add(functools.partial(record, env, event, **details))


def record_seldom(env, event, *key, every_s=_MINUTE_S, **details):
    """Emit an event that somebody can cause as often as they like: once in that time for each key and process."""
    place = (env.cr.dbname, event, key, time.monotonic() // every_s)
    if place not in _told:
        _told[place] = True
        record(env, event, **details)


def record_refusal(env, model, method):
    """Emit that Odoo has refused a user what they asked for."""
    about = {"needs": "odoo", "reason": "odoo", "model": model, "operation": method}
    # Anything may be sent as these, of any size; what is remembered is short.
    record_seldom(env, "authz_fail", env.uid, str(model)[:64], str(method)[:64], user=env.user, **about)


@contextlib.contextmanager
def acting_in(env):
    """Have the events that the package emits by itself in a block belong to this database and user."""
    with in_database(env.cr.dbname), acting_as(_principal_of(env.user)):
        yield


def _principal_of(user):
    return Principal(user.env.cr.dbname, user.id, user.login) if user else None


def _recording_refusals(execute_cr):
    """Around what `/xmlrpc` and `/jsonrpc` call: they answer errors themselves."""

    def execute(cr, uid, obj, method, args, kw):
        try:
            return execute_cr(cr, uid, obj, method, args, kw)
        except AccessError:
            record_refusal(api.Environment(cr, uid, {}), obj, method)
            raise

    execute.records_refusals = True
    return execute
