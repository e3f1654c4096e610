"""The checks over RPC."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from checks.case import Case
from zenoo_security.checks.live_rpc.snapshot import Absent, Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, 0, 0)  # noqa: DTZ001 - as Odoo sends times
LONG_AGO, LATELY = "2024-01-01 08:00:00", "2026-05-31 08:00:00"
EMPLOYEE, PORTAL, PUBLIC, SYSTEM, RIGHTS, HTML = 1, 10, 11, 4, 2, 3

GROUPS = [
    {"module": "base", "name": name, "res_id": number}
    for name, number in {
        "group_user": EMPLOYEE,
        "group_portal": PORTAL,
        "group_public": PUBLIC,
        "group_system": SYSTEM,
        "group_erp_manager": RIGHTS,
        "group_sanitize_override": HTML,
    }.items()
]


def user(uid: int, login: str, *groups: int, **values: Any) -> dict[str, Any]:
    """A user who is here, with a second factor."""
    row = {"id": uid, "login": login, "name": f"Name {uid}", "active": True, "share": EMPLOYEE not in groups}
    dates = {"login_date": LATELY, "create_date": LONG_AGO}
    return {**row, **dates, "totp_enabled": True, "auth_passkey_key_ids": [], "all_group_ids": [*groups], **values}


def module(name: str, author: str = "Odoo S.A.", **values: Any) -> dict[str, Any]:
    """A module that is installed."""
    row = {"name": name, "state": "installed", "author": author, "demo": False}
    return {**row, "latest_version": "19.0.1.0", "installed_version": "19.0.1.0", **values}


def access(model: int, group: int | None, *permissions: str, name: str = "x") -> dict[str, Any]:
    """An access right."""
    row: dict[str, Any] = {"name": name, "model_id": [model, "A model"], "group_id": group and [group, "A group"]}
    return {
        **row,
        "active": True,
        **{f"perm_{one}": one in permissions for one in ("read", "write", "create", "unlink")},
    }


def group(number: int, name: str, *brought: int, **timeouts: int) -> dict[str, Any]:
    """A group with those that it brings, itself among them."""
    never = {"lock_timeout": 0, "lock_timeout_inactivity": 0}
    return {"id": number, "name": name, "all_implied_ids": [*brought], **never, **timeouts}


def rule(model: int, domain: str, *groups: int) -> dict[str, Any]:
    """A record rule."""
    return {"name": "x", "model_id": [model, "x"], "groups": [*groups], "domain_force": domain, "active": True}


ADMIN = user(2, "ann@example.com", EMPLOYEE, SYSTEM, RIGHTS, HTML, auth_passkey_key_ids=[1])
BOB = user(6, "bob@example.com", EMPLOYEE)
SYSTEM_USER = user(1, "__system__", EMPLOYEE, SYSTEM, active=False, totp_enabled=False)
CUSTOMER = user(7, "c@example.net", PORTAL, 12, totp_enabled=False)
SYNC = user(9, "sync@example.com", EMPLOYEE)
USERS = [ADMIN, BOB, SYSTEM_USER, CUSTOMER, SYNC]
MODELS = [
    {"id": 1, "model": "res.partner", "modules": "base, mail", "transient": False},
    {"id": 2, "model": "shop.order", "modules": "shop", "transient": False},
    {"id": 3, "model": "shop.wizard", "modules": "shop", "transient": True},
    *(
        {"id": 10 + n, "model": model, "modules": "base", "transient": False}
        for n, model in enumerate(("res.users", "res.groups", "ir.rule", "ir.model.access", "ir.config_parameter"))
    ),
]
PARAMETERS = {
    "web.base.url": "https://shop.example.com",
    "web.base.url.freeze": "True",
    "auth_password_policy.minlength": "15",
    "sessions.max_inactivity_seconds": "3600",
    "auth_signup.invitation_scope": "b2b",
    "auth_signup.reset_password": "True",
    "base.template_portal_user_id": "7",
    "database.secret": "e1bd0e9a-a secret of Odoo",
    "base.login_cooldown_after": "5",
}
MODULES = [
    *map(module, ("base", "mail", "auth_password_policy", "auth_signup", "auth_totp")),
    module("auditlog", "ABF OSIELL, Odoo Community Association (OCA)"),
    module("shop", "Shop Inc."),
    module("zenoo_security", "Zenoo"),
]
AUDITED = [{"model_id": [10 + number, "x"], "state": "subscribed"} for number in range(5)]
ENCRYPTED = {
    "name": "shop.order.iban",
    "primary": 10,
    "tokens": 10,
    "plaintext": 0,
    "index_stale": 0,
    "undecryptable": 0,
}
OVERRIDABLE = {
    "model": "shop.order",
    "name": "text",
    "modules": "shop",
    "sanitize": True,
    "sanitize_overridable": True,
}
VIEW = {"name": "Thanks", "key": "website.thanks", "model_data_id": False}
CLEAN: dict[str, list[dict[str, Any]]] = {
    "users": USERS,
    "groups": GROUPS,
    "api_keys": [
        {
            "id": 1,
            "name": "sync",
            "user_id": [9, "Sync"],
            "create_date": LATELY,
            "expiration_date": "2026-08-01 00:00:00",
        }
    ],
    "group_records": [
        group(EMPLOYEE, "User", EMPLOYEE, 30, lock_timeout=1440, lock_timeout_inactivity=15),
        group(PORTAL, "Portal", PORTAL, 12),
        group(12, "Prices", 12),
        group(13, "Sales", 13),
        group(30, "Brought", 30),
    ],
    "oca_api_keys": [{"name": "old", "user_id": [9, "Sync"], "active": False}],
    "payment_providers": [],
    "access": [access(1, None), access(2, PORTAL, "read"), access(3, EMPLOYEE, "create"), access(2, EMPLOYEE, "write")],
    "rules": [rule(2, "[('partner_id', '=', user.partner_id.id), ('company_id', 'in', company_ids)]")],
    "models": MODELS,
    "modules": MODULES,
    "sensitive_fields": [
        {"model": "shop.order", "name": "api_key", "groups": "base.group_system", "modules": "shop"},
        {"model": "res.users", "name": "password", "groups": False, "modules": "base"},
    ],
    "company_fields": [{"model": "shop.order"}],
    "html_fields": [
        {"model": "mail.mail", "name": "body_html", "modules": "mail", "sanitize": False},
        OVERRIDABLE,
    ],
    "server_actions": [{"name": "Tidy up", "code": "model.tidy()", "create_uid": [2, "Ann"], "write_uid": [2, "Ann"]}],
    "mail_servers": [],
    "mail_passwords": [],
    "fetch_passwords": [],
    "aliases": [],
    "webhooks": [{"name": "Old", "active": False}],
    "websites": [{"name": "Shop", "custom_code_head": "<meta name='x'/>", "custom_code_footer": False}],
    "form_models": [{"model": "mail.mail", "website_form_access": True}],
    "scripted_views": [{**VIEW, "model_data_id": [1, "website.thanks"]}, VIEW],
    "attachments": [{"res_model": "product.template", "name": "photo"}],
    "linked_attachments": [{"url": "https://www.example.com/a.pdf"}],
    "encrypted_fields": [ENCRYPTED],
    "audit_chain": [{"protected": True, "altered": 0}],
    "oauth": [{"name": "Odoo.com", "enabled": False, "auth_endpoint": "http://x", "validation_endpoint": "http://x"}],
    "ldap": [{"ldap_server": "ldap.internal", "ldap_tls": True, "ldap_binddn": "cn=reader,dc=example"}],
    "audit_rules": AUDITED,
    "audited_passwords": [],
    "devices": [{"user_id": [6, "Bob"], "ip_address": "192.0.2.1", "last_activity": LATELY}],
    "backups": [{"name": "daily", "method": "sftp"}],
    "role_lines": [{"user_id": [6, "Bob"], "role_id": [1, "Sales"], "date_to": "2026-05-01", "is_enabled": False}],
}


def parameters(**values: str) -> list[dict[str, Any]]:
    """The parameters of the hardened database with these instead; `__` for the dots."""
    given = {**PARAMETERS, **{name.replace("__", "."): value for name, value in values.items()}}
    return [{"key": key, "value": value} for key, value in given.items() if value != "absent"]


def database(**tables: Any) -> Callable[[Path], Database]:
    """The hardened database with these tables instead."""
    return lambda _folder: Database({**CLEAN, "parameters": parameters(), **tables}, uid=2, now=NOW)


def settings(**values: str) -> Callable[[Path], Database]:
    """The hardened database with these parameters instead."""
    return database(parameters=parameters(**values))


def changed(row: dict[str, Any], **values: Any) -> list[dict[str, Any]]:
    """A table of one row that differs."""
    return [{**row, **values}]


def encrypted(**values: int) -> Callable[[Path], Database]:
    """The hardened database with an encrypted field that holds this instead."""
    return database(encrypted_fields=changed(ENCRYPTED, **values))


def no_rules(**values: str) -> list[dict[str, Any]]:
    """The parameters where OCA's password_security asks for these alone."""
    names = ("expiration_days", "lower", "upper", "numeric", "special")
    return parameters(**{f"password_security__{name}": values.get(name, "0") for name in names})


def no_policy() -> list[dict[str, Any]]:
    """The modules without those that have a policy of passwords."""
    return [one for one in MODULES if one["name"] not in {"zenoo_security", "auth_password_policy"}]


def in_country(name: str, time: str) -> dict[str, Any]:
    """A device that was used there on the day before."""
    return {**CLEAN["devices"][0], "country": name, "last_activity": f"2026-05-31 {time}:00"}


clean = database()
PROVIDER = {"name": "G", "enabled": True, "auth_endpoint": "https://x", "validation_endpoint": "https://x"}
timed = [*MODULES, module("auth_timeout")]
OF_ODOO_18 = {name: value for name, value in ADMIN.items() if name != "all_group_ids"}
OF_ODOO_18.update(groups_id=[EMPLOYEE, SYSTEM], login_date=LONG_AGO)
one_without = [ADMIN, {**BOB, "totp_enabled": False}]
without_rules = database(modules=[*MODULES, module("password_security", "OCA")], parameters=no_rules())
mail_module = [*MODULES, module("auth_totp_mail")]
composing = [*MODULES, module("password_security", "LasLabs, Odoo Community Association (OCA)")]
odoo_only = [one for one in MODULES if one["name"] != "zenoo_security"]

CASES: dict[str, list[Case]] = {
    "RPC-01": [
        Case(database(users=[user(2, "admin", EMPLOYEE, SYSTEM)]), clean, "tried first"),
        Case(database(users=[user(6, "bob", EMPLOYEE, name="Bob")]), clean, "name of its user"),
        Case(
            database(users=[user(6, " Demo ", EMPLOYEE)]),
            database(users=[user(6, "admin", EMPLOYEE, active=False), user(8, "test", PORTAL)]),
            "demo",
        ),
    ],
    "RPC-02": [
        Case(database(users=[ADMIN, {**SYSTEM_USER, "active": True}]), clean, "OdooBot"),
        Case(
            database(users=[user(20 + n, f"{n}@x", EMPLOYEE, SYSTEM) for n in range(6)]),
            clean,
            "6 users can change settings: 0@x",
        ),
        Case(database(users=[{**ADMIN, "login_date": LONG_AGO}]), clean, "not here for 90 days"),
        Case(database(users=[{**ADMIN, "login_date": False}]), clean, "not here for 90 days"),
        Case(database(users=[OF_ODOO_18]), clean, "not here for 90 days"),
    ],
    "RPC-03": [
        Case(
            database(users=[{**ADMIN, "totp_enabled": False, "auth_passkey_key_ids": []}]),
            clean,
            "administrators without a second",
        ),
        Case(
            database(users=[{k: v for k, v in ADMIN.items() if k not in {"totp_enabled", "auth_passkey_key_ids"}}]),
            clean,
            "administrators without",
        ),
        Case(
            database(users=one_without),
            database(users=[ADMIN, {**BOB, "totp_enabled": False, "auth_passkey_key_ids": [1]}]),
            "users without a second factor: bob@example.com",
        ),
        Case(
            database(users=[{**ADMIN, "auth_passkey_key_ids": []}], modules=[*MODULES, module("auth_passkey")]),
            database(modules=[*MODULES, module("auth_passkey")]),
            "without a passkey, whom a copy",
            warning=True,
        ),
    ],
    "RPC-04": [
        Case(
            database(users=one_without, modules=mail_module, parameters=parameters(auth_totp__policy="all_required")),
            database(users=one_without, modules=mail_module),
            "code by mail: bob@example.com",
        ),
        Case(
            database(users=one_without, modules=mail_module, parameters=parameters(auth_totp__policy="all_required")),
            database(modules=mail_module, parameters=parameters(auth_totp__policy="all_required")),
            "by mail",
        ),
    ],
    "RPC-05": [
        Case(database(modules=no_policy()), clean, "any password"),
        Case(
            database(modules=odoo_only, users=one_without, parameters=parameters(auth_password_policy__minlength="8")),
            database(modules=odoo_only, parameters=parameters(auth_password_policy__minlength="8")),
            "is 8, and should be 15",
        ),
        Case(
            database(modules=odoo_only, parameters=parameters(auth_password_policy__minlength="absent")),
            database(modules=odoo_only),
            "is 0, and should be 8",
        ),
    ],
    "RPC-06": [Case(settings(password__hashing__rounds="1000"), clean, "rounds is 1000")],
    "RPC-07": [
        Case(settings(base__login_cooldown_after="0"), clean, "nobody has to wait"),
        Case(settings(base__login_cooldown_after="1000"), settings(base__login_cooldown_after="10"), "is 1000"),
        Case(settings(base__login_cooldown_duration="1"), settings(base__login_cooldown_duration="60"), "1 seconds"),
    ],
    "RPC-08": [
        Case(settings(sessions__max_inactivity_seconds="absent"), clean, "604800 seconds"),
        Case(settings(sessions__max_inactivity_seconds="0"), clean, "0 seconds"),
        Case(
            database(modules=timed, group_records=[group(EMPLOYEE, "User", EMPLOYEE)]),
            database(modules=timed),
            "ends no session",
            warning=True,
        ),
        Case(
            database(modules=timed, group_records=[group(EMPLOYEE, "User", EMPLOYEE, lock_timeout=50_000)]),
            database(
                modules=timed,
                group_records=[
                    group(EMPLOYEE, "User", EMPLOYEE, 30, lock_timeout=50_000),
                    group(30, "Brought", 30, lock_timeout=1440),
                ],
            ),
            "goes on for 50000 minutes",
        ),
    ],
    "RPC-09": [
        Case(database(api_keys=changed(CLEAN["api_keys"][0], expiration_date=False)), clean, "never ends"),
        Case(database(api_keys=changed(CLEAN["api_keys"][0], create_date=LONG_AGO)), clean, "older than a year"),
        Case(database(api_keys=changed(CLEAN["api_keys"][0], user_id=[1, "x"])), clean, "an archived user"),
        Case(settings(base__enable_programmatic_api_keys="True"), clean, "programs can make keys"),
        Case(database(oca_api_keys=[{"name": "old", "user_id": [9, "Sync"]}]), clean, "old of auth_api_key never ends"),
        Case(
            database(api_keys=changed(CLEAN["api_keys"][0], scope=False)),
            database(api_keys=changed(CLEAN["api_keys"][0], scope="rpc")),
            "for everything",
            warning=True,
        ),
    ],
    "RPC-10": [
        Case(
            database(
                users=[ADMIN, user(9, "sync@x", EMPLOYEE, SYSTEM)],
                api_keys=changed(CLEAN["api_keys"][0], user_id=[9, "x"]),
            ),
            database(api_keys=changed(CLEAN["api_keys"][0], user_id=[2, "x"])),
            "sync@x can change settings, and has",
        ),
        Case(
            database(devices=changed(CLEAN["devices"][0], user_id=[9, "Sync"])),
            database(
                devices=changed(CLEAN["devices"][0], user_id=[2, "Ann"]),
                api_keys=changed(CLEAN["api_keys"][0], user_id=[2, "Ann"]),
            ),
            "sessions in a browser: sync@example.com",
            warning=True,
        ),
    ],
    "RPC-11": [
        Case(settings(auth_signup__invitation_scope="b2c"), clean, "scope is b2c"),
        Case(settings(base__template_portal_user_id="6"), clean, "those of employees"),
        Case(database(users=[ADMIN, {**CUSTOMER, "all_group_ids": [PORTAL, 12, 13]}]), clean, "also get Sales"),
    ],
    "RPC-12": [
        Case(database(users=[user(8, "x@x", EMPLOYEE, PORTAL)]), clean, "user and portal at once"),
        Case(database(users=[user(8, "x@x", PUBLIC, PORTAL, active=False)]), clean, "portal and public"),
    ],
    "RPC-13": [
        Case(
            database(access=[access(2, None, "write")]), database(access=[access(1, EMPLOYEE, "write")]), "shop.order"
        ),
        Case(
            database(access=[access(10, None, "read")]),
            database(access=[access(1, None, "read")]),
            "may read res.users",
        ),
    ],
    "RPC-14": [
        Case(database(rules=[rule(2, "[('company_id', 'in', company_ids)]", EMPLOYEE)]), clean, "outsiders may read"),
        Case(
            database(rules=[rule(2, "[(1, '=', 1)]", PORTAL)]),
            database(rules=[rule(2, "[('company_id', '=', 1)]", PORTAL)]),
            "every record of shop.order",
        ),
        Case(database(rules=[rule(2, "[('x', '=', 1)]")]), clean, "has a company, and no rule"),
    ],
    "RPC-15": [Case(database(access=[access(3, PORTAL, "create")]), clean, "the wizard shop.wizard")],
    "RPC-16": [
        Case(
            database(sensitive_fields=changed(CLEAN["sensitive_fields"][0], groups=False)), clean, "shop.order.api_key"
        ),
    ],
    "RPC-17": [
        Case(settings(shop__api_key="0123456789abcdef"), settings(shop__api_key="short"), "shop.api_key holds"),
        Case(database(mail_passwords=[{"name": "Mail out"}]), clean, "mail server Mail out"),
        Case(database(fetch_passwords=[{"name": "In"}]), clean, "incoming mail server In"),
        Case(database(payment_providers=[{"name": "Stripe", "code": "stripe"}]), clean, "Stripe are in", warning=True),
    ],
    "RPC-18": [
        Case(settings(web__base__url="http://shop.example.com"), clean, "does not begin with https"),
        Case(settings(web__base__url__freeze="absent"), settings(web__base__url__freeze="1"), "freeze is not set"),
    ],
    "RPC-19": [
        Case(
            database(aliases=[{"alias_name": "jobs", "alias_contact": "everyone", "alias_model_id": [5, "Applicant"]}]),
            clean,
            "anybody to jobs",
        )
    ],
    "RPC-20": [
        Case(
            database(server_actions=changed(CLEAN["server_actions"][0], write_uid=[6, "Bob"])),
            clean,
            "no administrator",
        ),
        Case(
            database(server_actions=changed(CLEAN["server_actions"][0], code="env.cr.execute('x')")),
            database(
                server_actions=changed(
                    CLEAN["server_actions"][0], code="x.sudo()", create_uid=[1, "x"], write_uid=[1, "x"]
                )
            ),
            "has cr.execute",
            warning=True,
        ),
    ],
    "RPC-21": [Case(database(webhooks=[{"name": "New", "active": True}]), clean, "started by a webhook")],
    "RPC-22": [
        Case(
            database(websites=changed(CLEAN["websites"][0], custom_code_footer="<SCRIPT src='//x'></SCRIPT>")),
            clean,
            "the website Shop",
        ),
        Case(database(form_models=[{"model": "res.users"}]), clean, "makes records of res.users"),
        Case(
            database(form_models=[{"model": "shop.order"}]),
            database(form_models=[{"model": "res.partner"}, {"model": "crm.lead"}]),
            "makes records of shop.order",
            warning=True,
        ),
        Case(database(scripted_views=[VIEW]), clean, "the page or block Thanks", warning=True),
    ],
    "RPC-23": [
        Case(
            database(html_fields=[{"model": "shop.order", "name": "note", "modules": "shop", "sanitize": False}]),
            clean,
            "shop.order.note",
        ),
        Case(
            database(users=[ADMIN, user(6, "bob@x", EMPLOYEE, HTML)]),
            database(users=[ADMIN, BOB]),
            "shop.order.text stores HTML of these as it comes: bob@x",
            warning=True,
        ),
    ],
    "RPC-24": [
        Case(
            database(attachments=[{"res_model": "hr.employee", "name": "contract"}] * 2),
            clean,
            "2 public attachments of hr.employee",
        ),
        *(
            Case(database(linked_attachments=[{"url": url}]), clean, "inner network", warning=True)
            for url in ("http://192.168.1.10/x", "http://wiki.internal/x", "https://[::1]/", "http://localhost:8069/")
        ),
    ],
    "RPC-25": [
        Case(database(users=[ADMIN, user(6, "bob@x", EMPLOYEE, HTML)]), clean, "HTML that nobody cleans"),
        Case(database(users=[ADMIN, user(6, "bob@x", EMPLOYEE, RIGHTS)]), clean, "may give rights"),
    ],
    "RPC-26": [
        Case(database(oauth=changed(CLEAN["oauth"][0], enabled=True)), clean, "over plain http"),
        Case(database(oauth=changed(PROVIDER, data_endpoint="http://x")), clean, "over plain http"),
        Case(
            database(oauth=[PROVIDER], parameters=parameters(auth_signup__invitation_scope="b2c")),
            database(parameters=parameters(auth_signup__invitation_scope="b2c")),
            "at G makes one here",
        ),
        Case(
            database(oauth=changed(PROVIDER, auth_endpoint="https://accounts.odoo.com/oauth2/auth")),
            clean,
            "came with Odoo, enabled",
            warning=True,
        ),
        Case(
            database(oauth=[PROVIDER]),
            clean,
            "implicit flow",
            warning=True,
        ),
    ],
    "RPC-27": [
        Case(database(ldap=changed(CLEAN["ldap"][0], ldap_tls=False)), clean, "without TLS"),
        Case(database(ldap=changed(CLEAN["ldap"][0], ldap_binddn="CN=Administrator,DC=x")), clean, "its administrator"),
    ],
    "RPC-28": [
        Case(database(modules=[*MODULES, module("auth_admin_passkey")]), clean, "one password opens"),
        Case(database(modules=[*MODULES, module("test_rpc")]), clean, "test_rpc is installed: it is for tests"),
        Case(database(modules=[module("base", demo=True)]), clean, "demo data"),
        Case(database(modules=[*MODULES, module("x", "")]), clean, "that name no author: x", warning=True),
    ],
    "RPC-29": [
        Case(database(modules=[module("base")]), clean, "not installed"),
        Case(database(audit_rules=[*AUDITED[1:], {**AUDITED[0], "state": "draft"}]), clean, "not recorded: res.users"),
        Case(database(audited_passwords=[{"field_name": "password"}]), clean, "recorded passwords, 1 times"),
    ],
    "RPC-30": [
        Case(database(devices=changed(CLEAN["devices"][0], user_id=[1, "x"])), clean, "archived, and has sessions"),
        Case(database(devices=changed(CLEAN["devices"][0], last_activity=LONG_AGO)), clean, "for 30 days: Bob"),
        Case(
            database(devices=[{**CLEAN["devices"][0], "ip_address": f"192.0.2.{n}"} for n in range(21)]),
            database(devices=[{**CLEAN["devices"][0], "ip_address": f"192.0.2.{n}"} for n in range(20)]),
            "21 addresses",
            warning=True,
        ),
        Case(
            database(devices=[in_country("Belgium", "08:00"), in_country("Japan", "08:40")]),
            database(devices=[in_country("Belgium", "08:00"), in_country("Japan", "23:00")]),
            "Bob was in Belgium and in Japan within an hour",
            warning=True,
        ),
    ],
    "RPC-31": [
        Case(
            database(users=[{**BOB, "login_date": LONG_AGO}]),
            database(users=[{**CUSTOMER, "login_date": False}]),
            "90 days: bob@example.com",
        ),
    ],
    "RPC-32": [
        Case(settings(database__is_neutralized="True"), clean, "neutralized"),
        Case(database(backups=[{"name": "daily", "method": "local"}]), database(backups=[]), "stays on this machine"),
    ],
    "RPC-33": [
        Case(database(modules=[module("base", latest_version="14.0.1.3")]), clean, "14.0 is out of support"),
        Case(database(modules=[*MODULES, module("x", state="to upgrade")]), clean, "not finished: x"),
    ],
    "RPC-34": [
        Case(
            database(modules=[module("zenoo_security", "Zenoo", installed_version="19.0.2.0")]),
            clean,
            "waits for an update",
        ),
        Case(database(audit_chain=[{"protected": True, "altered": 2}]), clean, "2 places of the audit log"),
        Case(
            database(audit_chain=[{"protected": False, "altered": 0}]),
            database(modules=odoo_only, audit_chain=Absent("no addon")),
            "no key ring",
        ),
        Case(encrypted(plaintext=3), clean, "3 values of shop.order.iban are in the clear"),
        Case(encrypted(undecryptable=1), clean, "cannot be decrypted"),
        Case(encrypted(index_stale=2), clean, "by their index"),
        Case(encrypted(primary=5), encrypted(primary=0, tokens=0), "50 % of shop.order.iban"),
    ],
    "RPC-35": [
        Case(database(role_lines=changed(CLEAN["role_lines"][0], is_enabled=True)), clean, "Sales of Bob has ended"),
    ],
    "RPC-36": [
        Case(database(modules=odoo_only), clean, "takes spaces off"),
        Case(database(modules=composing, parameters=no_rules(expiration_days="90")), without_rules, "expire"),
        Case(database(modules=composing, parameters=no_rules(special="2")), without_rules, "special is 2"),
        Case(database(modules=composing), without_rules, "lower is 1"),
    ],
    "RPC-37": [
        Case(
            database(users=[ADMIN, {**BOB, "totp_enabled": False, "auth_passkey_key_ids": [1]}]),
            database(users=[ADMIN, {**BOB, "auth_passkey_key_ids": [1]}]),
            "a password that is enough: bob@example.com",
        ),
    ],
}
