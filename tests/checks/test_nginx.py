"""Configurations of nginx: read as nginx reads them, or refused with a place."""

from __future__ import annotations

import pytest

from checks.proxy_cases import HARDENED
from zenoo_security.checks import Status, Target, run
from zenoo_security.checks.proxy.nginx import read_nginx
from zenoo_security.checks.proxy.snapshot import load
from zenoo_security.errors import ConfigurationError

pytestmark = pytest.mark.timeout(120)


def read(folder, text):
    (folder / "nginx.conf").write_text(text)
    return read_nginx(folder / "nginx.conf")


def servers(folder, text):
    (folder / "nginx.conf").write_text(text)
    return load(Target(proxy=folder / "nginx.conf"), lambda _text, /: None).servers


def test_words_quotes_comments_and_blocks(tmp_path):
    text = """
    server {  # a } and a ; in it
        a 'it''s' "x \\" y" z#1 ${v}b \\;;
        b { c; }
    }
    """
    (server,) = read(tmp_path, text).root.block
    first, second = server.block
    assert (first.name, first.line) == ("a", 3)
    assert first.arguments == ("it", "s", 'x \\" y', "z#1", "${v}b", "\\;")
    assert second.block[0].name == "c"


def test_what_is_included_is_there(tmp_path):
    """From the folder of the main file, in the order of names, each with its own lines."""
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "b.conf").write_text("server { listen 2; }\n")
    (tmp_path / "conf.d" / "a.conf").write_text("\nserver { listen 1; include conf.d/c; }\n")
    (tmp_path / "conf.d" / "c").write_text("gzip on;")
    found = [(one.name, one.arguments, one.line) for one in read(tmp_path, "include conf.d/*.conf;").root.walk()]
    assert found[1:] == [
        ("server", (), 2),
        ("listen", ("1",), 2),
        ("gzip", ("on",), 1),
        ("server", (), 1),
        ("listen", ("2",), 1),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("server {", "nginx.conf:1: a brace is not closed"),
        ("server { listen 80 }", "nginx.conf:1: a directive does not end"),
        ("server { } }", "nginx.conf:1: a brace closes nothing"),
        ("\n;", "nginx.conf:2: there is no directive before ;"),
        ("example.com {\n  reverse_proxy odoo:8069;\n}\n", "there is no server block"),
        ("upstream x { server 127.0.0.1:1; }", "there is no server block"),
        ("a\x00", "this is a binary file"),
        ("a { " * 30, "blocks are too deep"),
        ("a {" + "b;" * 110_000 + "}", "nginx.conf"),
        ("include nginx.conf;", "they include each other"),
        ("include /*/*/*/*/*.conf;", "an include looks through too many folders"),
        ("a \\", "this is no configuration of nginx"),
    ],
)
def test_what_is_none_is_refused(tmp_path, text, says):
    with pytest.raises(ConfigurationError, match="nginx") as caught:
        read(tmp_path, text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "erp.example.com {\n    reverse_proxy localhost:8069\n}\n",
        "<VirtualHost *:443>\n    ProxyPass / http://localhost:8069/\n</VirtualHost>\n",
        "http:\n  routers:\n    odoo:\n      rule: Host(`erp.example.com`)\n",
        "frontend web\n    bind :443 ssl\n    default_backend odoo\n",
    ],
    ids=["Caddy", "Apache", "Traefik", "HAProxy"],
)
def test_of_another_proxy_it_is_said_what_to_do(tmp_path, text):
    """Each check of the proxy says so, and none passes."""
    (tmp_path / "other").write_text(text)
    results = run(Target(proxy=tmp_path / "other")).results
    assert {one.status for one in results} == {Status.ERROR}
    assert all("--proxy reads nginx alone" in one.message and "--url" in one.message for one in results)


def test_a_file_that_is_none_is_an_error_of_both_checks(tmp_path):
    report = run(Target(proxy=tmp_path / "absent"))
    assert [result.status for result in report.results] == [Status.ERROR, Status.ERROR]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/a", "/a"),
        ("/a/x", "/"),
        ("/b/x", "/b"),
        ("/b/x.php", r"\.php$"),
        ("/c/x.php", "/c"),
        ("/b/d/x", "/b/d"),
        ("/X.PHP", "/"),
    ],
)
def test_a_location_is_chosen_as_nginx_does(tmp_path, path, location):
    text = r"server { location / {} location = /a {} location /b { location /b/d {} } location ^~ /c {} location ~ \.php$ {} }"
    (server,) = servers(tmp_path, text)
    assert server.at(path).path == location


def test_headers_are_inherited_until_a_block_has_one_of_its_own(tmp_path):
    (server,) = servers(tmp_path, "http { add_header A 1; server { location / {} location /x { add_header B 2; } } }")
    assert server.at("/").values("add_header") == [("A", "1")]
    assert server.at("/x").values("add_header") == [("B", "2")]


def test_a_pattern_that_python_does_not_know_matches_nothing(tmp_path):
    (server,) = servers(tmp_path, "server { location / {} location ~ '(?<a' {} }")
    assert server.at("/x").path == "/"


def test_a_server_that_only_redirects_needs_nothing(tmp_path):
    text = HARDENED[: HARDENED.index("    server {\n")] + "}"
    (tmp_path / "nginx.conf").write_text(text)
    results = {one.check.id: one for one in run(Target(proxy=tmp_path / "nginx.conf")).results}
    assert results["CONF-23"].status is Status.SKIP


def test_who_accepts_a_finding_of_one_server_has_not_accepted_that_of_another(tmp_path):
    """Each has the name of its server."""
    servers = "server { server_name a.example; location / { proxy_pass http://o; } }"
    (tmp_path / "nginx.conf").write_text(f"http {{ {servers} {servers.replace('a.', 'b.')} }}")
    keys = {one.key for one in run(Target(proxy=tmp_path / "nginx.conf")).results}
    assert {"CONF-23:a.example listen", "CONF-23:b.example listen"} <= keys
