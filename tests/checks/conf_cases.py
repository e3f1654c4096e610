"""The checks of `odoo.conf`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.case import Case
from zenoo_security.checks.odoo_conf.snapshot import read_conf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zenoo_security.checks.odoo_conf.snapshot import OdooConf

HASH = "$pbkdf2-sha512$600000$Y2FmZWJhYmVjYWZlYmFiZQ$" + "A" * 86

HARDENED = f"""\
[options]
admin_passwd = {HASH}
list_db = False
db_name = shop
dbfilter = ^shop$
proxy_mode = True
http_interface = 127.0.0.1
workers = 4
db_maxconn = 8
with_demo = False
data_dir = {{folder}}/data
addons_path = {{folder}}/odoo/addons
logfile = {{folder}}/odoo.log
"""
"""Nothing is wrong with it; `{folder}` is where it lies."""


def conf(
    text: str = "[options]\n",
    *,
    environ: dict[str, str] | None = None,
    arguments: tuple[str, ...] = (),
    proxied: bool = False,
    mode: int = 0o640,
    prepare: Callable[[Path], None] = lambda _folder: None,
) -> Callable[[Path], OdooConf]:
    """A maker of a snapshot: the text becomes a file, beside what `prepare` makes."""

    def make(folder: Path) -> OdooConf:
        prepare(folder)
        path = folder / "odoo.conf"
        path.write_text(text.replace("{folder}", str(folder)))
        path.chmod(mode)
        return read_conf(path, environ or {}, arguments, proxied=proxied)

    return make


def options(*lines: str, **settings: object) -> Callable[[Path], OdooConf]:
    """A maker of a snapshot of these lines of the section [options]."""
    return conf("\n".join(["[options]", *lines, ""]), **settings)


def folders(*names: str, mode: int) -> Callable[[Path], None]:
    """Make folders of this mode."""

    def prepare(folder: Path) -> None:
        for name in names:
            (folder / name).mkdir(parents=True)
            (folder / name).chmod(mode)

    return prepare


def log(mode: int) -> Callable[[Path], None]:
    """Make a log of this mode."""

    def prepare(folder: Path) -> None:
        (folder / "odoo.log").touch()
        (folder / "odoo.log").chmod(mode)

    return prepare


def release(series: str) -> Callable[[Path], None]:
    """Make what is beside the addons of an Odoo."""

    def prepare(folder: Path) -> None:
        (folder / "odoo" / "addons").mkdir(parents=True)
        version = series.replace(".", ", ")
        (folder / "odoo" / "release.py").write_text(f"version_info = ({version}, 0, FINAL, 0, '')\n")

    return prepare


hardened = conf(HARDENED)
closed = conf(HARDENED, prepare=folders("data", mode=0o700))
addons = "addons_path = {folder}/odoo/addons"

CASES: dict[str, list[Case]] = {
    "CONF-01": [
        Case(options(), hardened, "not set"),
        Case(options("admin_passwd = admin"), options("admin_passwd = Jk3-vvQ9-pz0X-11"), "easy to guess"),
        Case(options("admin_passwd = aaaaaaaaaaaaaaaaaaaa"), options("admin_passwd ="), "easy to guess"),
        Case(options("admin_passwd = False"), hardened, "not set"),
    ],
    "CONF-02": [
        Case(options("admin_passwd = Jk3-vvQ9-pz0X-11"), hardened, "in the clear"),
        Case(options("admin_passwd = $pbkdf2-sha512$25000$YQ$YQ"), hardened, "fewer than 210000 rounds"),
    ],
    "CONF-03": [
        Case(options(), options("list_db = False"), "list_db is on"),
        Case(options("list_db = yes"), options(arguments=("--no-database-list",)), "list_db is on"),
        Case(options("list_db = False", environ={"ODOO_LIST_DB": "1"}), hardened, "list_db is on"),
    ],
    "CONF-04": [
        Case(options(), options("db_name = shop"), "does not name one"),
        Case(options("db_name = a,b"), options("dbfilter = ^%d$"), "does not name one"),
        Case(options("dbfilter = .*"), options(r"dbfilter = ^%h\Z"), "every database"),
        Case(options("dbfilter = ^[a-z_]+$"), options("dbfilter = ^(shop|store)$"), "every database"),
        Case(options("dbfilter = ^shop"), hardened, "shop2"),
        Case(options("dbfilter = ^test|shop$"), options("dbfilter = ^test$|^shop[0-9|]$"), "shop2"),
        Case(options("dbfilter = ^%d.*$"), options("dbfilter = ^%d_prod$"), "shop2"),
        Case(options("dbfilter = ^(%d.+$)"), options("dbfilter = ^(%d$)"), "shop2"),
        Case(options(r"dbfilter = ^shop\\$"), hardened, "shop2"),
        Case(options("dbfilter = ^(shop$"), hardened, "no regular expression"),
        Case(options("dbfilter = ^(([a-z]+)+)+!$"), hardened, "too complicated"),
    ],
    "CONF-05": [
        Case(options("proxy_mode = True"), hardened, "without the proxy is believed"),
        Case(options(proxied=True), options(), "proxy_mode is off"),
        Case(options("http_interface = 127.0.0.1"), hardened, "proxy_mode is off"),
    ],
    "CONF-06": [
        Case(options(), options("http_interface = ::1"), "8069 and 8072"),
        Case(options("http_interface = 0.0.0.0", "http_port = 80"), options("http_interface = [::1]"), "80 and"),
        Case(options("http_interface ="), options(environ={"ODOO_HTTP_INTERFACE": "127.0.0.1"}), "everybody reaches"),
        *(
            Case(options(f"http_interface = {host}"), hardened, "everybody reaches")
            for host in ("0:0:0:0:0:0:0:0", "[::]", "0", "8.8.8.8", "2a00:1450::1")
        ),
        Case(options("http_interface = 10.0.0.3"), hardened, "does only the proxy reach it", warning=True),
    ],
    "CONF-07": [Case(options(), options(arguments=("--workers", "4")), "workers is 0")],
    "CONF-08": [
        Case(options("limit_time_real = 0"), options(), "limit_time_real is 0: there is no limit"),
        Case(options("limit_memory_hard = 99999999999"), hardened, "hardly a limit"),
        Case(options("limit_request = None"), hardened, "there is no limit"),
        Case(
            options("limit_memory_hard_gevent = 99999999999"),
            options("limit_memory_hard_gevent = None"),
            "limit_memory_hard_gevent is 99999999999, over",
        ),
    ],
    "CONF-09": [
        Case(options("dev_mode = reload,xml"), options(), "reload, xml"),
        Case(options(arguments=("--dev=werkzeug",)), hardened, "werkzeug"),
        Case(options(environ={"ODOO_DEV": "all"}), hardened, "all"),
        Case(options(arguments=("--test-enable",)), options("test_enable = True"), "runs tests"),
        Case(options(arguments=("--test-file", "/tmp/test_x.py")), hardened, "runs tests"),
        Case(options("screencasts = /tmp/x"), hardened, "screencasts"),
    ],
    "CONF-10": [
        Case(options("with_demo = True"), options("with_demo = False"), "demo data"),
        Case(options(), options(addons, prepare=release("19.0")), "is this Odoo 19", warning=True),
        Case(options("without_demo = False"), options("without_demo = all"), "demo data"),
        Case(
            options(addons, prepare=release("18.0")),
            options(addons, "without_demo = all", prepare=release("18.0")),
            "Odoo 18.0 puts",
        ),
    ],
    "CONF-11": [
        Case(options("db_user = postgres"), hardened, "superuser"),
        Case(options("db_user = odoo", "db_password = odoo"), hardened, "tried first"),
        Case(options(environ={"PGPASSWORD": "short"}), options(environ={"PGPASSWORD": "c5Zq0-fQx83-mmA"}), "short"),
        Case(options("db_password = c5Zq0-fQx83-mmA"), hardened, "in the clear", warning=True),
        Case(options("db_host = db.internal"), options("db_host = /run/postgresql"), "no db_password", warning=True),
    ],
    "CONF-12": [
        Case(
            options("db_host = db.internal"),
            options("db_host = db.internal", "db_sslmode = verify-full"),
            "db_sslmode is prefer",
        ),
        Case(
            options("db_replica_host = 10.1.1.1", "db_sslmode = require"),
            options("db_host = db", environ={"PGSSLMODE": "verify-full"}),
            "does not check the name",
        ),
    ],
    "CONF-13": [
        Case(options("workers = 8"), hardened, "up to 704 connections", warning=True),
        Case(options("db_template = golden"), hardened, "one of your own", warning=True),
    ],
    "CONF-14": [
        Case(options("log_level = debug_rpc"), options(), "debug_rpc"),
        Case(options("log_handler = odoo.sql_db:DEBUG"), options("log_handler = odoo.addons:WARNING"), "odoo.sql_db"),
        Case(options("log_handler = :DEBUG"), hardened, "everything is logged"),
        Case(options("log_handler = odoo:DEBUG"), options("log_handler = odoo:INFO"), "odoo is logged"),
        Case(options(arguments=("--log-web",)), hardened, "odoo.http"),
        Case(options("log_handler = odoo.addons.mail:DEBUG"), hardened, "odoo.addons.mail", warning=True),
    ],
    "CONF-15": [
        Case(options("log_db = shop", "syslog = True"), options("syslog = True"), "to a database"),
        Case(options(), hardened, "standard error", warning=True),
        Case(conf(HARDENED, prepare=log(0o644)), conf(HARDENED, prepare=log(0o640)), "everybody can read the log"),
    ],
    "CONF-16": [
        Case(
            options("smtp_server = mail.example.com"),
            options("smtp_server = mail.example.com", "smtp_ssl = True"),
            "smtp_ssl is off",
        ),
        Case(
            options("smtp_password = pw-in-the-file"),
            options(environ={"ODOO_SMTP_PASSWORD": "pw-in-the-file"}),
            "in the clear",
        ),
    ],
    "CONF-17": [
        Case(conf(HARDENED, mode=0o644), closed, "others can read the file: mode 0644"),
        Case(
            conf(HARDENED, mode=0o660),
            conf(HARDENED, mode=0o600, prepare=folders("data", mode=0o700)),
            "others can change the file",
        ),
        Case(hardened, closed, "/data cannot be looked at", warning=True),
        Case(options(), closed, "data_dir is not set", warning=True),
        Case(
            conf(HARDENED, prepare=folders("data", "data/sessions", mode=0o755)),
            conf(HARDENED, prepare=folders("data", "data/sessions", mode=0o700)),
            "/data/sessions: mode 0755",
        ),
    ],
    "CONF-18": [
        Case(options("server_wide_modules = web,auth_admin_passkey"), options(), "auth_admin_passkey"),
        Case(hardened, options(), "/odoo/addons cannot be looked at", warning=True),
        Case(
            options(addons, prepare=folders("odoo/addons", mode=0o777)),
            options(addons, prepare=folders("odoo/addons", mode=0o755)),
            "others can change",
        ),
    ],
    "CONF-20": [
        Case(options("list_database = False"), hardened, "list_db is meant"),
        Case(options("worker = 4"), options("running_env = prod"), "is workers meant", warning=True),
        Case(options("workers = four"), hardened, "does not start"),
        Case(options("list_database hunter2 = x"), hardened, "no option list_database: list_db is meant"),
        Case(options("dbfilter = False"), hardened, "no value of it"),
        Case(options("test_enable = True"), hardened, "only the command line", warning=True),
    ],
    "CONF-21": [
        Case(options("fetchmail_password = hunter2hunter2"), hardened, "fetchmail_password holds"),
        Case(options("smtp_pass = x"), options("smtp_ssl_private_key_filename = /etc/a.key"), "smtp_pass holds"),
        Case(options("api_key = x"), options("api_key = False"), "api_key holds"),
        Case(conf("[options]\n[mailer]\nApi_Key = 0123456789\n"), hardened, "mailer.api_key holds"),
    ],
    "CONF-22": [
        Case(options(addons, prepare=release("14.0")), options(addons, prepare=release("19.0")), "14.0 is out of"),
        Case(options(addons, prepare=release("'saas~16'.3")), options(addons, prepare=release("18.2")), "16.3 is out"),
    ],
}
