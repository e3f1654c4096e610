"""The checks of the environment."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from unittest import mock

from checks.case import Case
from zenoo_security import KeyRing, keyring
from zenoo_security.checks import Target
from zenoo_security.checks.environment.machine import Machine
from zenoo_security.checks.environment.snapshot import load
from zenoo_security.checks.files import PathFacts
from zenoo_security.checks.odoo_clock import Skew

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zenoo_security.checks.environment.snapshot import Surroundings

ZS = "ZENOO_SECURITY_"
RANDOM = "q7Xv-2mZk-98Rt-wLpd"
API_KEY = "0123456789abcdef0123456789abcdef01234567"
SEQUENCE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
ODOO = {f"{ZS}ODOO_URL": "https://odoo.example.com", f"{ZS}ODOO_DATABASE": "shop"}


def env(
    ring: KeyRing | None = None, *, key_ring: bool = True, files: dict[str, str] | None = None, **facts: object
) -> Callable[..., Callable[[Path], Surroundings]]:
    """A maker of makers: `env(...)(VARIABLE="value")`. There is a key ring in a file unless told otherwise."""

    def with_variables(**variables: str) -> Callable[[Path], Surroundings]:
        def make(folder: Path) -> Surroundings:
            environ = dict(variables)
            if key_ring:
                keyring.save(ring or KeyRing.generate(created="2026-11-24"), folder / "keys.json", overwrite=True)
                environ[f"{ZS}KEY_RING_FILE"] = str(folder / "keys.json")
            for name, text in (files or {}).items():
                (folder / name).write_text(text)
                (folder / name).chmod(0o600)
                environ[f"{ZS}{name}_FILE"] = str(folder / name)
            quiet = {"machine": Machine(uid=os.geteuid() or 1000), "skew": Skew(), "today": date(2026, 11, 30)}
            unreachable = mock.patch("zenoo_security.checks.environment.snapshot.measure_skew", return_value=None)
            with mock.patch.dict(os.environ, environ, clear=True), unreachable:
                found = load(Target(env=True, environ=environ), lambda _text, /: None)
            return replace(found, **{**quiet, **facts})

        return make

    return with_variables


def named(**settings: str) -> Callable[[Path], Surroundings]:
    """With settings of this package, whose names come without their prefix."""
    return env()(**{ZS + name: value for name, value in settings.items()})


def machine(**facts: object) -> Callable[[Path], Surroundings]:
    return env(machine=Machine(**facts))()


def ring_with(key: str) -> KeyRing:
    document = json.loads(KeyRing.generate().to_json())
    document["keys"][0]["key"] = key
    return KeyRing.from_json(json.dumps(document))


def open_file(folder: Path) -> Surroundings:
    """With a password that everybody can read."""
    (folder / "password").write_text(RANDOM)
    (folder / "password").chmod(0o644)
    return named(ODOO_PASSWORD_FILE=str(folder / "password"))(folder)


def public_file(mode: int) -> Callable[[Path], Surroundings]:
    """With a file in which no secret is."""

    def make(folder: Path) -> Surroundings:
        (folder / "fields.toml").touch()
        (folder / "fields.toml").chmod(mode)
        return named(FIELDS_FILE=str(folder / "fields.toml"))(folder)

    return make


def file_of_another(folder: Path) -> Surroundings:
    """With a password in a file of somebody else."""
    name = f"{ZS}ODOO_PASSWORD_FILE"
    return replace(fresh(folder), files={name: PathFacts("password", 0o600, 4242)})


fresh = env()()
service = {**ODOO, f"{ZS}ODOO_LOGIN": "portal"}

CASES: dict[str, list[Case]] = {
    "ENV-01": [
        Case(env(key_ring=False)(), fresh, "no key ring"),
        Case(env(key_ring=False)(**{f"{ZS}KEY_RING": "{}"}), fresh, "ZENOO_SECURITY_KEY_RING"),
        Case(
            env()(SECRET_KEY=RANDOM, ADMIN_PASSWORD=RANDOM),
            env()(SECRET_KEY=RANDOM, ADMIN_PASSWORD=RANDOM[::-1]),
            "one and the same secret",
        ),
    ],
    "ENV-02": [
        Case(env(ring_with(SEQUENCE))(), fresh, "key 1 of the key ring is not random"),
        Case(env(ring_with("A" * 43))(), fresh, "key 1 of the key ring is not random"),
        Case(env()(ADMIN_PASSWORD="admin"), env()(ADMIN_PASSWORD=RANDOM), "ADMIN_PASSWORD is short"),
        Case(env()(SECRET_KEY="changeme-changeme"), env()(SECRET_KEY=RANDOM), "SECRET_KEY is short"),
        Case(env()(SECRET_KEY="your-secret-key-here"), env()(SECRET_KEY=RANDOM), "that of an example"),
    ],
    "ENV-03": [
        Case(env()(**ODOO, **{f"{ZS}ODOO_PASSWORD": RANDOM}), env(files={"ODOO_PASSWORD": RANDOM})(**ODOO), "itself"),
        Case(named(STORE_URL=f"rediss://u:{RANDOM}@cache"), named(STORE_URL="redis://[::1]"), "URL holds a password"),
        Case(named(ENCRYPTION_SALT="x"), fresh, "ENCRYPTION_SALT holds"),
        Case(named(ODOO_PASSWORD_FILE="/no/such/file"), fresh, "is not there"),
        Case(file_of_another, fresh, "ODOO_PASSWORD_FILE names is of another user"),
        Case(open_file, fresh, "ODOO_PASSWORD_FILE names is open to others: mode 0644"),
        Case(named(STORE_URL=f"postgresql://u:[{RANDOM}@db"), fresh, "URL holds a password"),
        Case(public_file(0o666), public_file(0o644), "FIELDS_FILE names is open to others: mode 0666"),
        Case(named(FIELDS_FILE="/no/such/file"), named(AUDIT_FILE="/no/such/file"), "is not there"),
    ],
    "ENV-04": [
        Case(env(KeyRing.generate(created="2023-01-01"))(), fresh, "encrypted for longer than 730 days"),
        Case(env(KeyRing.generate(created="2024-12-10"))(), fresh, "days are left", warning=True),
    ],
    "ENV-05": [
        Case(named(SESSION_TIMEOUT="abc"), named(SESSION_TIMEOUT="3600"), "not a whole number"),
        Case(named(FORCE_HTTPS="ja"), named(FORCE_HTTPS="1"), "not a boolean"),
        Case(named(SESION_TIMEOUT="3600"), named(PASSWORD_POLICY="1"), "is ZENOO_SECURITY_SESSION_TIMEOUT meant?"),
        Case(env()(FORCE_HTTPS="1"), fresh, "deprecated: set ZENOO_SECURITY_FORCE_HTTPS", warning=True),
    ],
    "ENV-06": [
        Case(env()(DEBUG="1"), env()(DEBUG="0"), "DEBUG is on"),
        Case(env()(FLASK_DEBUG="enabled"), env()(FLASK_DEBUG=""), "FLASK_DEBUG is on"),
        Case(env()(PYTHONASYNCIODEBUG="1"), fresh, "PYTHONASYNCIODEBUG"),
        Case(env()(APP_ENV="development"), env()(APP_ENV="production"), "APP_ENV"),
        Case(env()(LOG_LEVEL="DEBUG"), env()(LOG_LEVEL="info"), "LOG_LEVEL", warning=True),
        Case(env()(PYTHONWARNINGS="default"), fresh, "PYTHONWARNINGS", warning=True),
    ],
    "ENV-07": [
        Case(machine(uid=0), fresh, "runs as root"),
        Case(
            machine(code=(PathFacts("/srv/app", 0o777, 0, True),)),
            machine(code=(PathFacts("/srv/app", 0o755, 0, True),)),
            "others can change code in /srv/app: mode 0777",
        ),
        Case(machine(code=(PathFacts("/srv/app", 0o755, 1000, True),)), fresh, "its own code", warning=True),
        Case(machine(core_bytes=-1), fresh, "core dumps are on"),
        Case(machine(core_program=True), fresh, "to a program", warning=True),
    ],
    "ENV-08": [
        Case(env()(WEB_CONCURRENCY="4"), named(STORE_URL="sqlite:///state.db"), "there are 4 workers"),
        Case(env()(GUNICORN_CMD_ARGS="--workers=3"), named(STORE_URL="sqlite:///state.db"), "there are 3 workers"),
        Case(fresh, named(STORE_URL="redis://:x@127.0.0.1"), "single process", warning=True),
    ],
    "ENV-09": [
        Case(named(STORE_URL="redis://:pw@cache.internal"), named(STORE_URL="rediss://:pw@cache.internal"), "TLS"),
        Case(
            named(STORE_URL="rediss://cache.internal"), named(STORE_URL="redis://:pw@127.0.0.1"), "without a password"
        ),
        Case(
            named(STORE_URL="rediss://:pw@cache.internal?ssl_cert_reqs=none"),
            named(STORE_URL="rediss://:pw@cache.internal?ssl_cert_reqs=required"),
            "certificate is not checked",
        ),
        Case(
            named(STORE_URL="postgresql://u:p@db/x?sslmode=verify-ca"),
            named(STORE_URL="postgresql://u:p@db/x?sslmode=verify-full"),
            "sslmode is not verify-full",
        ),
        Case(named(STORE_URL="redis://127.0.0.1"), named(STORE_URL="redis://:pw@[::1]"), "a password", warning=True),
        Case(
            named(STORE_URL="postgresql://u:p@db/x?sslmode=require"),
            named(STORE_URL="postgresql://u:p@db/x?sslmode=verify-full"),
            "sslmode is not verify-full",
        ),
    ],
    "ENV-10": [
        Case(named(ODOO_URL="http://odoo.example.com"), named(ODOO_URL="http://127.0.0.1:8069"), "plain http"),
        Case(
            named(ODOO_URL="https://odoo.example.com", ALLOW_INSECURE="yes"),
            named(ODOO_URL="https://odoo.example.com", ALLOW_INSECURE="no"),
            "ALLOW_INSECURE is on",
        ),
        Case(env()(**ODOO, PYTHONHTTPSVERIFY="0"), env()(**ODOO), "PYTHONHTTPSVERIFY=0"),
        Case(env()(**ODOO, SSL_CERT_FILE="/no/such.pem"), env()(**ODOO, SSL_CERT_FILE="/etc/passwd"), "no file"),
        Case(env()(**ODOO, REQUESTS_CA_BUNDLE=""), env()(**ODOO), "no file"),
        Case(env()(**ODOO, SSL_CERT_DIR="/tmp"), env()(**ODOO, SSL_CERT_DIR="/etc"), "others can change"),
    ],
    "ENV-11": [
        Case(env()(**{**ODOO, f"{ZS}ODOO_LOGIN": "admin"}), env()(**service), "the administrator"),
        Case(
            env(files={"ODOO_PASSWORD": RANDOM})(**service),
            env(files={"ODOO_PASSWORD": API_KEY})(**service),
            "no API key",
        ),
    ],
    "ENV-12": [
        Case(machine(tracked=(".env",)), fresh, "git keeps .env"),
        Case(machine(tracked=None), fresh, "index of git is not understood", warning=True),
        Case(machine(told=("gunicorn",)), fresh, "arguments of gunicorn"),
        Case(env()(SENTRY_SEND_DEFAULT_PII="true"), env()(SENTRY_SEND_DEFAULT_PII="false"), "crash reports"),
    ],
    "ENV-13": [
        Case(named(SESSION_IDLE_TIMEOUT="3600"), named(MFA_REQUIRED="1"), "over half an hour"),
        Case(named(SESSION_TIMEOUT="86400"), named(MFA_REQUIRED="1"), "over twelve hours"),
        Case(named(MAX_FAILED_ATTEMPTS="100"), named(MFA_REQUIRED="1"), "is 100, over 10"),
        Case(named(LOCKOUT_DURATION="30"), named(MFA_REQUIRED="1"), "under a minute"),
        Case(named(FORCE_HTTPS="0"), named(MFA_REQUIRED="1"), "FORCE_HTTPS is off"),
        Case(fresh, named(MFA_REQUIRED="1"), "a password alone", warning=True),
    ],
    "ENV-14": [
        Case(env(skew=Skew(95.2))(**ODOO), env(skew=Skew(-2.0))(**ODOO), "95 s ahead of Odoo's"),
        Case(env(skew=Skew(-3600.0))(**ODOO), env(skew=Skew(29.0))(**ODOO), "3600 s behind"),
    ],
    "ENV-15": [
        Case(machine(python=(3, 10)), machine(python=(3, 12)), "Python 3.10 is out of support"),
        Case(machine(openssl="1.1.1"), machine(openssl="3.5.4"), "OpenSSL 1.1.1", warning=True),
        Case(machine(openssl="1.1.0"), machine(openssl="4.1.0"), "OpenSSL 1.1.0", warning=True),
        Case(machine(openssl="3.6.1"), machine(openssl="4.0.2"), "OpenSSL 3.6.1", warning=True),
        Case(env(advisories={"shop": ()})(), env(advisories={})(), "did not look at shop", warning=True),
        Case(env(advisories={"jinja2 3.1.2": ("PYSEC-1",)})(), env(advisories={})(), "jinja2 3.1.2: PYSEC-1"),
    ],
    "ENV-16": [
        Case(env()(FORWARDED_ALLOW_IPS="*"), env()(FORWARDED_ALLOW_IPS="10.0.0.2"), "trusts everybody"),
        Case(env()(FORWARDED_ALLOW_IPS="::/0"), env()(FORWARDED_ALLOW_IPS="10.0.0.0/8,fd00::/8"), "trusts everybody"),
        Case(env()(FORWARDED_ALLOW_IPS="0.0.0.0/1,128.0.0.0/1"), env()(FORWARDED_ALLOW_IPS="proxy"), "everybody"),
        Case(
            env()(GUNICORN_CMD_ARGS="--forwarded-allow-ips 0.0.0.0/0"),
            env()(GUNICORN_CMD_ARGS="--forwarded-allow-ips=10.0.0.2"),
            "GUNICORN_CMD_ARGS trusts everybody",
        ),
        Case(env()(FORWARDED_ALLOW_IPS=""), env()(FORWARDED_ALLOW_IPS="::1"), "is empty", warning=True),
    ],
}
