"""Who reaches Odoo, and how it reaches the database and the mail server."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import NotApplicable, Severity
from zenoo_security.checks.local import is_local
from zenoo_security.checks.odoo_conf.base import ConfCheck, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.check import Problem
    from zenoo_security.checks.odoo_conf.snapshot import OdooConf

__all__ = ["DatabaseEncryption", "DatabaseUser", "Interface", "MailServer", "ProxyMode"]

_STRIPPED: Final = frozenset({"", "disable", "allow", "prefer"})
_KNOWN_PASSWORDS: Final = frozenset({"odoo", "postgres", "admin", "password", "openerp", "secret", "changeme"})
_SHORTEST: Final = 12


class ProxyMode(ConfCheck):
    id = "CONF-05"
    title = "Odoo believes a proxy's headers where there is a proxy, and nowhere else"
    severity = Severity.HIGH
    rationale = (
        "Behind a proxy without proxy_mode, all users have the address of the proxy: the login cooldown locks all of "
        "them, and links are http. With proxy_mode but reachable directly, anybody chooses their address and host."
    )
    fix = "Behind a proxy: proxy_mode = True and http_interface = 127.0.0.1. Without one: proxy_mode = False"
    asvs = ("v5.0.0-4.1.3", "v5.0.0-15.3.4")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        _require_http(snapshot)
        local = not _is_public(snapshot)
        if snapshot.flag("proxy_mode"):
            if not local:
                yield problem(
                    snapshot, "proxy_mode", "proxy_mode is on, but whoever reaches Odoo without the proxy is believed"
                )
        elif snapshot.proxied or local:
            yield problem(snapshot, "proxy_mode", "there is a proxy in front, but proxy_mode is off")


class Interface(ConfCheck):
    id = "CONF-06"
    title = "Odoo listens where its proxy is, and not to the network"
    severity = Severity.HIGH
    rationale = "Ports 8069 and 8072 beside the proxy have no TLS and none of its limits."
    fix = "http_interface = 127.0.0.1, or the address that only the proxy reaches"
    asvs = ("v5.0.0-12.2.1", "v5.0.0-12.3.3")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        _require_http(snapshot)
        if _is_public(snapshot):
            ports = f"{snapshot.number('http_port'):g} and {snapshot.number('gevent_port'):g}"
            yield problem(snapshot, "http_interface", f"everybody reaches Odoo, at the ports {ports}")
        elif not is_local(snapshot.text("http_interface")):
            message = "Odoo listens to a network: does only the proxy reach it there?"
            yield problem(snapshot, "http_interface", message, of="network", warning=True)


class DatabaseUser(ConfCheck):
    id = "CONF-11"
    title = "Odoo's database user is one of its own, with a password that is not known"
    severity = Severity.HIGH
    rationale = (
        "A superuser of PostgreSQL reads files and runs programs on its machine; one SQL injection is enough. "
        "The password odoo is the first that is tried."
    )
    fix = (
        "CREATE ROLE odoo LOGIN; without SUPERUSER. On one machine no password and the socket: db_host and "
        "db_password left out. Else a random one, by PGPASSWORD or ~/.pgpass"
    )
    asvs = ("v5.0.0-13.2.2", "v5.0.0-13.2.3")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        user, password = snapshot.text("db_user"), snapshot.text("db_password")
        if user in {"postgres", "root"}:
            yield problem(snapshot, "db_user", f"db_user is {user}, a superuser of PostgreSQL")
        if password:
            if password.lower() in _KNOWN_PASSWORDS or password == user or len(password) < _SHORTEST:
                yield problem(snapshot, "db_password", "db_password is one that is tried first, or short")
            elif snapshot.line("db_password"):
                yield problem(
                    snapshot, "db_password", "db_password stands there in the clear", of="clear", warning=True
                )
        elif not is_local(snapshot.text("db_host")):
            message = "there is no db_password for another machine; is ~/.pgpass used?"
            yield problem(snapshot, "db_password", message, of="missing", warning=True)


class DatabaseEncryption(ConfCheck):
    id = "CONF-12"
    title = "The connection to a database on another machine is encrypted and checked"
    severity = Severity.HIGH
    rationale = (
        "With prefer, Odoo's default, whoever is between talks it out of TLS, reads all there is, and may change it."
    )
    fix = "db_sslmode = verify-full, and the authority's certificate in ~/.postgresql/root.crt"
    asvs = ("v5.0.0-12.3.1", "v5.0.0-12.3.2")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        remote = [name for name in ("db_host", "db_replica_host") if not is_local(snapshot.text(name))]
        if not remote:
            raise NotApplicable("the database is on this machine")
        mode = snapshot.text("db_sslmode")
        if mode in _STRIPPED:
            message = f"{remote[0]} is another machine, and db_sslmode is {mode or 'empty'}"
            yield problem(snapshot, "db_sslmode", message)
        elif mode != "verify-full":
            message = f"db_sslmode is {mode}: it encrypts, but does not check the name of who answers"
            yield problem(snapshot, "db_sslmode", message, of="name", severity=Severity.MEDIUM)


class MailServer(ConfCheck):
    id = "CONF-16"
    title = "Mail goes out encrypted, and its password is not in the file"
    severity = Severity.MEDIUM
    rationale = "Links to set a password travel by mail; and who has the account sends mail in your name."
    fix = "smtp_ssl = True; the password by the variable ODOO_SMTP_PASSWORD of the service, not in the file"
    asvs = ("v5.0.0-12.3.1", "v5.0.0-13.3.1")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if not is_local(snapshot.text("smtp_server")) and not snapshot.flag("smtp_ssl"):
            yield problem(snapshot, "smtp_ssl", "smtp_server is another machine, and smtp_ssl is off")
        if snapshot.text("smtp_password") and snapshot.line("smtp_password"):
            yield problem(snapshot, "smtp_password", "smtp_password stands there in the clear")


def _require_http(conf: OdooConf) -> None:
    if not conf.flag("http_enable"):
        raise NotApplicable("HTTP is off")


def _is_public(conf: OdooConf) -> bool:
    """Every address of the machine, or one that the internet reaches."""
    host = conf.text("http_interface").strip().strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host in {"", "*"} or host.isdigit()
    return address.is_unspecified or address.is_global
