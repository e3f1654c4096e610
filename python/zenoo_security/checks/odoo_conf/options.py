"""The options of Odoo 19, as its `odoo/tools/config.py` has them: their types, defaults, variables and flags.

`tests/odoo/test_conf_options.py` compares this table with the Odoo that is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ALIASES", "OPTIONS", "Kind", "Option", "Value"]

Kind = Literal["bool", "float", "int", "list", "path", "text"]
Value = str | int | float | bool | list[str] | None

_MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Option:
    """An option of Odoo.

    Attributes:
        kind: how its text is read.
        default: what it is without a source.
        variable: of the environment; nothing for none.
        flags: of the command line.
        flag_value: what a flag without an argument means; None for flags with one.
        in_file: whether the file may set it.
    """

    kind: Kind
    default: Value
    variable: str
    flags: tuple[str, ...] = ()
    flag_value: Value = None
    in_file: bool = True


_Row = tuple[Kind, Value, str]
"""Kind, default and flags."""

_ROWS: Final[dict[str, _Row]] = {
    "admin_passwd": ("text", "admin", ""),
    "bin_path": ("path", "", ""),
    "csv_internal_sep": ("text", ",", ""),
    "default_productivity_apps": ("bool", False, ""),
    "import_file_maxbytes": ("int", 10 * _MIB, ""),
    "import_file_timeout": ("int", 3, ""),
    "import_url_regex": ("text", "^(?:http|https)://", ""),
    "proxy_access_token": ("text", "", ""),
    "publisher_warranty_url": ("text", "http://services.odoo.com/publisher-warranty/", ""),
    "reportgz": ("bool", False, ""),
    "websocket_keep_alive_timeout": ("int", 3600, ""),
    "websocket_rate_limit_burst": ("int", 10, ""),
    "websocket_rate_limit_delay": ("float", 0.2, ""),
    "with_demo": ("bool", False, "--with-demo"),
    "skip_auto_install": ("bool", False, "--skip-auto-install"),
    "pidfile": ("path", "", "--pidfile"),
    "addons_path": ("list", [], "--addons-path"),
    "upgrade_path": ("list", [], "--upgrade-path"),
    "pre_upgrade_scripts": ("list", [], "--pre-upgrade-scripts"),
    "server_wide_modules": ("list", ["base", "rpc", "web"], "--load"),
    "data_dir": ("path", "", "-D --data-dir"),
    "http_interface": ("text", "0.0.0.0", "--http-interface"),  # noqa: S104 - Odoo's default, not ours
    "http_port": ("int", 8069, "-p --http-port"),
    "gevent_port": ("int", 8072, "--gevent-port"),
    "http_enable": ("bool", True, "--no-http"),
    "proxy_mode": ("bool", False, "--proxy-mode"),
    "x_sendfile": ("bool", False, "--x-sendfile"),
    "dbfilter": ("text", "", "--db-filter"),
    "screencasts": ("path", "", "--screencasts"),
    "screenshots": ("path", "/tmp/odoo_tests", "--screenshots"),  # noqa: S108 - Odoo's default, not ours
    "logfile": ("path", "", "--logfile"),
    "syslog": ("bool", False, "--syslog"),
    "log_handler": ("list", [":INFO"], "--log-handler"),
    "log_db": ("text", "", "--log-db"),
    "log_db_level": ("text", "warning", "--log-db-level"),
    "log_level": ("text", "info", "--log-level"),
    "email_from": ("text", "", "--email-from"),
    "from_filter": ("text", "", "--from-filter"),
    "smtp_server": ("text", "localhost", "--smtp"),
    "smtp_port": ("int", 25, "--smtp-port"),
    "smtp_ssl": ("bool", False, "--smtp-ssl"),
    "smtp_user": ("text", "", "--smtp-user"),
    "smtp_password": ("text", "", "--smtp-password"),
    "smtp_ssl_certificate_filename": ("path", "", "--smtp-ssl-certificate-filename"),
    "smtp_ssl_private_key_filename": ("path", "", "--smtp-ssl-private-key-filename"),
    "db_name": ("list", [], "-d --database"),
    "db_user": ("text", "", "-r --db_user"),
    "db_password": ("text", "", "-w --db_password"),
    "pg_path": ("path", "", "--pg_path"),
    "db_host": ("text", "", "--db_host"),
    "db_replica_host": ("text", None, "--db_replica_host"),
    "db_port": ("int", None, "--db_port"),
    "db_replica_port": ("int", None, "--db_replica_port"),
    "db_sslmode": ("text", "prefer", "--db_sslmode"),
    "db_app_name": ("text", "odoo-{pid}", "--db_app_name"),
    "db_maxconn": ("int", 64, "--db_maxconn"),
    "db_maxconn_gevent": ("int", None, "--db_maxconn_gevent"),
    "db_template": ("text", "template0", "--db-template"),
    "load_language": ("text", None, "--load-language"),
    "overwrite_existing_translations": ("bool", False, "--i18n-overwrite"),
    "list_db": ("bool", True, "--no-database-list"),
    "dev_mode": ("list", [], "--dev"),
    "osv_memory_count_limit": ("int", 0, "--osv-memory-count-limit"),
    "transient_age_limit": ("float", 1.0, "--transient-age-limit"),
    "max_cron_threads": ("int", 2, "--max-cron-threads"),
    "limit_time_worker_cron": ("int", 0, "--limit-time-worker-cron"),
    "unaccent": ("bool", False, "--unaccent"),
    "geoip_city_db": ("path", "/usr/share/GeoIP/GeoLite2-City.mmdb", "--geoip-city-db --geoip-db"),
    "geoip_country_db": ("path", "/usr/share/GeoIP/GeoLite2-Country.mmdb", "--geoip-country-db"),
    "workers": ("int", 0, "--workers"),
    "limit_memory_soft": ("int", 2048 * _MIB, "--limit-memory-soft"),
    "limit_memory_soft_gevent": ("int", None, "--limit-memory-soft-gevent"),
    "limit_memory_hard": ("int", 2560 * _MIB, "--limit-memory-hard"),
    "limit_memory_hard_gevent": ("int", None, "--limit-memory-hard-gevent"),
    "limit_time_cpu": ("int", 60, "--limit-time-cpu"),
    "limit_time_real": ("int", 120, "--limit-time-real"),
    "limit_time_real_cron": ("int", -1, "--limit-time-real-cron"),
    "limit_request": ("int", 65_536, "--limit-request"),
}

_COMMAND_LINE_ONLY: Final[dict[str, _Row]] = {
    "config": ("path", "", "-c --config"),
    "save": ("bool", False, "-s --save"),
    "init": ("list", [], "-i --init"),
    "update": ("list", [], "-u --update"),
    "reinit": ("list", [], "--reinit"),
    "import_partial": ("path", "", "-P --import-partial"),
    "test_file": ("path", "", "--test-file"),
    "test_enable": ("bool", None, "--test-enable"),
    "test_tags": ("text", None, "--test-tags"),
    "stop_after_init": ("bool", False, "--stop-after-init"),
}

_VARIABLES: Final = {
    "db_app_name": "PGAPPNAME",
    "db_host": "PGHOST",
    "db_name": "PGDATABASE",
    "db_password": "PGPASSWORD",
    "db_port": "PGPORT",
    "db_replica_host": "PGHOST_REPLICA",
    "db_replica_port": "PGPORT_REPLICA",
    "db_sslmode": "PGSSLMODE",
    "db_template": "PGDATABASE_TEMPLATE",
    "db_user": "PGUSER",
    "dev_mode": "ODOO_DEV",
    "pg_path": "PGPATH",
}
_OFF_FLAGS: Final = frozenset({"http_enable", "list_db"})


def _option(name: str, row: _Row, *, in_file: bool) -> Option:
    kind, default, flags = row
    variable = _VARIABLES.get(name, f"ODOO_{name.upper()}") if in_file else ""
    flag_value = name not in _OFF_FLAGS if kind == "bool" else None
    return Option(kind, default, variable, tuple(flags.split()), flag_value, in_file)


OPTIONS: Final[dict[str, Option]] = {
    **{name: _option(name, row, in_file=True) for name, row in _ROWS.items()},
    **{name: _option(name, row, in_file=False) for name, row in _COMMAND_LINE_ONLY.items()},
}
"""Name -> option, in the order of Odoo's own table but for those that only the command line has."""

ALIASES: Final = frozenset({"import_image_maxbytes", "import_image_regex", "import_image_timeout"})
"""Old names that Odoo 19 still reads."""
