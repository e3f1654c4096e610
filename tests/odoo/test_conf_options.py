"""Our table of options, and how we read them, against the Odoo that is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from zenoo_security.checks import Status, Target, run
from zenoo_security.checks.odoo_conf.options import ALIASES, OPTIONS
from zenoo_security.checks.odoo_conf.snapshot import read_conf
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.installation import install_odoo
from zenoo_security.testing.progress import PlainProgress

pytestmark = pytest.mark.odoo

# Where they differ: ours are those of no machine, and what Odoo works out of them at the end.
MACHINE = {"config", "data_dir", "screenshots"}

TABLE = """
import json, sys
from odoo.tools.config import config
print(json.dumps({
    "options": {
        name: [option.action, option.type, option.my_default, option.env_name, option.file_loadable]
        for name, option in config.options_index.items()
    },
    "aliases": sorted(config.aliases),
}))
"""

VALUES = """
import json, os, sys
from odoo.tools.config import configmanager
answers = []
for arguments, environ in json.loads(sys.argv[1]):
    os.environ.update(environ)
    config = configmanager()
    config._parse_config(arguments)
    answers.append({name: config.options[name] for name in config.options_index})
    for name in environ:
        del os.environ[name]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Run a program in the Python of the installed Odoo; it prints JSON."""
    cache, progress = Cache(), PlainProgress(sys.stderr)
    with cache.lock(progress):
        installation = install_odoo(cache, progress)
    home = tmp_path_factory.mktemp("home")

    def run(program: str, *arguments: str):
        environment = {"PYTHONPATH": str(installation.packages), "HOME": str(home), "PATH": os.environ["PATH"]}
        command = [str(installation.python), "-c", program, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    return run


def kind(action: str, type_: str | None) -> str:
    if action in {"store_true", "store_false"}:
        return "bool"
    lists = {"comma", "addons_path", "upgrade_path", "pre_upgrade_scripts"}
    return "list" if type_ in lists else {"string": "text", "choice": "text"}.get(type_ or "string", type_ or "text")


def test_our_table_is_that_of_odoo(ask):
    """The same options, and each of the same kind, with the same default, variable and place."""
    found = ask(TABLE)
    assert set(found["options"]) == set(OPTIONS)
    assert set(found["aliases"]) == ALIASES
    for name, (action, type_, default, variable, in_file) in found["options"].items():
        ours = OPTIONS[name]
        assert (name, ours.kind) == (name, kind(action, type_))
        assert (name, ours.in_file) == (name, in_file)
        if in_file:
            assert (name, ours.variable) == (name, variable)
        if name not in MACHINE:
            assert (name, ours.default) == (name, default)


FILES = {
    "nothing": "[options]\n",
    "usual": "[options]\nadmin_passwd = x\nlist_db = False\nworkers = 4\ndbfilter = ^%d$\nlog_handler = odoo.http:DEBUG\n",
    "words": "[options]\ndbfilter = False\ndb_host = False\nworkers = None\nproxy_mode = on\nlist_db = no\n",
    "demo": "[options]\nwithout_demo = all\n",
    "demo on": "[options]\nwithout_demo = False\n",
    "demo None": "[options]\nwithout_demo = None\n",
    "case": "[options]\nLIST_DB = False\nWorkers : 3\n",
    "lines": "[options]\ndb_name = a,\n  b\n# proxy_mode = True\n; list_db = False\n",
    "defaults": "[DEFAULT]\nworkers = 7\n[options]\nproxy_mode = 1\n",
    "unknown": "[options]\nlist_database = False\nimport_image_timeout = 9\ntest_enable = True\n[queue]\nx = 1\n",
    "space": "[options]\nhttp_interface =   127.0.0.1  \nadmin_passwd = a b\n",
}
SITUATIONS = [
    ((), {}),
    (("--without-demo=all",), {}),
    (("--without-demo", "False", "--with-demo"), {}),
    (("--without-demo",), {"ODOO_WITH_DEMO": "1"}),
    (("--workers", "9", "--no-database-list", "--dev=xml,qweb", "--log-sql"), {}),
    (("-d", "a,b", "--db-filter=^x$", "--without-demo", "--http-interface", "::1"), {"ODOO_WORKERS": "2"}),
    ((), {"ODOO_LIST_DB": "0", "PGHOST": "db", "PGSSLMODE": "require", "ODOO_DEV": "xml", "ODOO_ADMIN_PASSWD": "y"}),
]


def test_we_read_what_odoo_reads(ask, tmp_path):
    """From the file, the environment and the command line, with the same one before the others."""
    questions = [(name, situation) for name in FILES for situation in SITUATIONS]
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    asked = [(["-c", str(tmp_path / name), *arguments], environ) for name, (arguments, environ) in questions]
    for (name, (arguments, environ)), theirs in zip(questions, ask(VALUES, json.dumps(asked)), strict=True):
        ours = read_conf(tmp_path / name, environ, arguments).values
        for option in set(OPTIONS) - MACHINE - {"init", "update", "test_enable", "stop_after_init"}:
            assert (name, option, comparable(ours[option])) == (name, option, comparable(theirs[option]))


def comparable(value):
    """Log handlers: Odoo keeps the last of each logger, we keep all."""
    if isinstance(value, list) and any(":" in one for one in value):
        return dict(one.split(":") for one in value)
    return value


SAVE = """
import sys
from odoo.tools.config import config
config._parse_config(["-c", sys.argv[1], "--save"])
print("null")
"""

OF_A_FRESH_INSTALL = {
    *("CONF-01", "CONF-02", "CONF-03", "CONF-04", "CONF-06", "CONF-07", "CONF-15", "CONF-17"),
}


def test_a_fresh_file_of_odoo_gets_its_known_findings(ask, tmp_path):
    """What Odoo writes itself, with nothing changed."""
    path = tmp_path / "odoo.conf"
    ask(SAVE, str(path))
    report = run(Target(conf=path))
    assert {result.check.id for result in report.findings} == OF_A_FRESH_INSTALL
    assert report.grade == "F"
    assert not report.with_status(Status.ERROR)
