"""Every block of code of every page is run, or read by what reads it in earnest; this file says by what."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from redis import Redis

from docs.page import PAGES, ROOT, blocks
from test_help import unknown
from zenoo_security import EncryptedFields, RequestGuard, SecurityConfig, keyring
from zenoo_security.addon.settings import read_section, read_settings
from zenoo_security.checks.baseline import read_baseline
from zenoo_security.policy import Policy
from zenoo_security.stores import open_store
from zenoo_security.testing.redis import running_redis

LANGUAGES = {
    "python": "sybil runs it (conftest.py), or the test that a `skip` names",
    "bash": "bash reads it; programs, our commands and options, extras, addons, files and variables are there (below)",
    "console": "what follows a $ is held to what bash is; the rest is what was said",
    "sh": "tests/docs/test_deployment.py runs it",
    "toml": "read by what reads such a file (below)",
    "json": "parsed, and read where it is a document of ours (below)",
    "ini": "read by Odoo's checks and the addon's settings (below), or by systemd (tests/docs/test_deployment.py)",
    "nginx": "tests/docs/test_deployment.py and tests/checks/test_page.py",
    "sql": "a real PostgreSQL runs it (below)",
    "dockerfile": "tests/docs/test_deployment.py looks at each instruction",
    "py": "lines of the guide, which run nowhere (tests/docs/test_from_the_guide.py)",
    "text": "formulas, which the tests of each format compute, and what programs say",
}
PAGES_OF = {
    "sh": {"docs/deployment.md"},
    "nginx": {"docs/deployment.md", "docs/guide/checks.md"},
    "sql": {"docs/guide/stores.md"},
    "dockerfile": {"docs/deployment.md"},
    "py": {"docs/from-the-guide.md"},
}
SKIP = re.compile(r'<!-+ skip: next(?: "([^"]*)")? -+>\n+```python\n(.*?)```', re.DOTALL)
PROGRAMS = """
.venv/bin/maturin .venv/bin/pytest .venv/bin/zenoo-security apt-get cargo cp curl done dpkg-deb export for jq make mkdir mv odoo
pip pytest python redis-cli tail tar tr true uvicorn vault zenoo-security
"""
VARIABLES = {name.upper() for name in SecurityConfig.model_fields} | {"KEY_RING_COMMAND", "AUDIT_FILE"}


def ids(block):
    return f"{block.page}:{block.line}"


def of(language):
    return pytest.mark.parametrize("block", blocks(language=language), ids=ids)


def test_each_block_has_a_language_that_something_checks():
    """A new language is thought about here."""
    assert [ids(block) for block in blocks() if block.language not in LANGUAGES] == []
    assert {block.language for block in blocks()} == set(LANGUAGES)
    for language, pages in PAGES_OF.items():
        assert {block.page for block in blocks(language=language)} == pages


def test_what_is_skipped_names_the_test_that_runs_it():
    """One that reads the page; or, for what only runs inside Odoo, a folder that uses all that is imported."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert len(SKIP.findall(text)) == len(re.findall(r"<!-+ skip", text)), page
        for reason, code in SKIP.findall(text):
            inside = reason.startswith("runs inside Odoo: ")
            named = ROOT / re.search(r"(?:tests|python)/[\w/.]+\w", reason)[0]
            if inside:
                used = "".join(file.read_text() for file in named.rglob("*.py"))
                names = {
                    name.name
                    for node in ast.walk(ast.parse(code))
                    if isinstance(node, ast.ImportFrom)
                    for name in node.names
                }
                assert all(re.search(rf"\b{name}\b", used) for name in names), reason
            else:
                assert page.name in named.read_text(), reason


def commands(code):
    """The simple commands of a script, each as its words; what is given to a program to read is left out."""
    code = re.sub(r"<<'END'\n.*?\n\s*END$", "", code, flags=re.DOTALL | re.MULTILINE)
    found, one = [], []
    for line in code.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&")
        lexer.whitespace_split = True
        for word in [*lexer, ";"]:
            if set(word) <= set(";|&"):
                found.append(one)
                one = []
            else:
                one.append(word)
    return [words for words in found if words]


def check(words):
    """Complain about a command that does not exist as it stands."""
    words = words[1:] if words[0] == "do" else words
    while words and re.match(r"[A-Z_]+=|[a-z]+=\$\(", words[0]):
        words = [re.sub(r"^[a-z]+=\$\(", "", words[0]), *words[1:]] if "$(" in words[0] else words[1:]
    if not words:
        return
    program, *rest = words
    ours = program.startswith(".ci/") and (ROOT / program).is_file()
    assert ours or program in set(PROGRAMS.split()), words
    text = " ".join(rest)
    if program.endswith("zenoo-security") and rest[0] not in {"--install-completion", "--show-completion"}:
        path = re.match(r"(?:[a-z]+ ?)+", text)[0]
        assert unknown(f" {path.strip()}", text.removeprefix(path)) is None, words
    for extras in re.findall(r"zenoo-security\[([\w,]+)\]", text) if program == "pip" else ():
        assert all(f"\n{extra} = [" in (ROOT / "pyproject.toml").read_text() for extra in extras.split(",")), words
    for addons in re.findall(r"-[iu] (\S+)", text) if program == "odoo" else ():
        assert all((ROOT / "python/odoo/addons" / addon).is_dir() for addon in addons.split(",")), words
    if program == "make":
        assert f"\n{rest[0]}:" in (ROOT / "Makefile").read_text(), words
    if program == "python" and not rest[0].startswith("-"):
        assert (ROOT / rest[0]).is_file(), words
    for variable in re.findall(r"\bZENOO_SECURITY_(\w+?)(?:_FILE)?=", " ".join(words)):
        assert {variable, f"{variable}_FILE"} & VARIABLES, words


@of("bash")
def test_commands_exist(block):
    """As bash reads them; our own are known with their options, whatever else they name is there."""
    subprocess.run(["bash", "-n"], input=block.code, text=True, check=True)
    found = commands(block.code)
    assert found
    for words in found:
        check(words)


@of("console")
def test_what_is_typed_exists(block):
    typed = re.findall(r"^\$ (.+)$", block.code, re.MULTILINE)
    assert typed
    for line in typed:
        for words in commands(line):
            check(words)


def test_a_command_that_is_gone_is_found():
    """This test would see one."""
    for line in (
        "zenoo-security keys new",
        "zenoo-security keys list --json",
        "pip install 'zenoo-security[nothing]'",
        "make all",
    ):
        with pytest.raises(AssertionError):
            check(*commands(line))
    with pytest.raises(AssertionError):
        check(*commands("export ZENOO_SECURITY_STORE=x"))


@of("toml")
def test_files_are_read_by_what_reads_them(block, tmp_path):
    file = tmp_path / "file.toml"
    file.write_text(block.code)
    readers = {
        "encrypted-fields.md": EncryptedFields.from_file,
        "policy.md": Policy.from_file,
        "requests.md": RequestGuard.from_file,
        "checks.md": read_baseline,
    }
    assert readers[Path(block.page).name](file)


@of("json")
def test_documents_are_json_and_a_ring_is_one(block, tmp_path):
    document = json.loads(block.code)
    if document.get("format") == "zenoo-security key ring":
        (tmp_path / "ring.json").write_text(block.code)
        (tmp_path / "ring.json").chmod(0o600)
        assert keyring.load(tmp_path / "ring.json").primary_id == document["keys"][0]["id"]


@of("ini")
def test_settings_are_those_of_the_addon(block, tmp_path):
    """Whatever has a section of ours is read as the addon reads it."""
    parser = configparser.ConfigParser(strict=False)
    parser.read_string(block.code)
    if parser.has_section("zenoo_security"):
        (tmp_path / "odoo.conf").write_text(block.code)
        read_settings(read_section(str(tmp_path / "odoo.conf")), {})
    else:
        assert set(parser.sections()) <= {"options", "Unit", "Service", "Install"}


def as_user(url, password):
    """The address, for the account that the page makes."""
    return re.sub(r"//(?:[^@/]*@)?", f"//zenoo:{password}@", url, count=1)


def let_in(cluster, role):
    """The server of the tests lets in nobody but its own role."""
    [[access]] = cluster.sql("postgres", "SHOW hba_file")
    with Path(access).open("a") as file:
        file.write(f"host all {role} 127.0.0.1/32 scram-sha-256\n")
    cluster.sql("postgres", "SELECT pg_reload_conf()")


async def test_the_account_of_the_store_in_postgresql_is_enough(shared_postgres):
    """The statements of the page, run by an administrator; the store then works as that role."""
    [block] = blocks(language="sql")
    database = shared_postgres.create_database()
    for statement in block.code.replace("DATABASE odoo", f"DATABASE {database}").strip().splitlines():
        shared_postgres.sql(database, statement)
    let_in(shared_postgres, "zenoo")
    store = open_store(as_user(shared_postgres.url(database), "..."))
    assert await store.add(b"used", b"", ttl_s=9)
    assert not await store.add(b"used", b"", ttl_s=9)
    await store.aclose()


async def test_the_account_of_the_store_in_redis_is_enough():
    """The command of the page, sent as `redis-cli` would; the store then works as that user, in its own keys alone."""
    [command] = [block.code for block in blocks("docs/guide/stores.md", language="bash")]
    program, *words = shlex.split(command.replace("\\\n", " "))
    assert program == "redis-cli"
    with running_redis() as server:
        with Redis.from_url(server.url) as administrator:
            administrator.execute_command(*words)
        store = open_store(as_user(server.url, "..."))
        assert await store.add(b"used", b"", ttl_s=9)
        assert not await store.add(b"used", b"", ttl_s=9)
        await store.aclose()
