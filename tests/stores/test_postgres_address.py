"""Where a PostgreSQL store connects to, and where not."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zenoo_security.errors import ConfigurationError, InsecureTransport
from zenoo_security.stores.postgres.address import parse_url


def parse(url: str, *, allow_insecure: bool = False) -> dict[str, str]:
    return parse_url(url, timeout_s=2.0, allow_insecure=allow_insecure)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@localhost/db",
        "postgresql://u:p@127.0.0.1:5433/db",
        "postgresql://u:p@[::1]/db",
        "postgresql://u@/db?host=/run/postgresql",
        "postgresql://u@%2Frun%2Fpostgresql/db",
        "postgresql://u@localhost,127.0.0.2/db",
    ],
)
def test_this_machine_needs_no_tls(url):
    assert parse(url)["sslmode"] == "prefer"


@pytest.mark.asvs("v5.0.0-12.3.1")
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3cret@db.example.com/db",
        "postgresql://u:s3cret@db.example.com/db?sslmode=prefer",
        "postgresql://u:s3cret@db.example.com/db?sslmode=require",
        "postgresql://u:s3cret@db.example.com/db?sslmode=verify-ca",
        "postgresql://u:s3cret@localhost,db.example.com/db",
        "postgresql://u:s3cret@localhost/db?hostaddr=192.0.2.1",
        "postgresql://u:s3cret@db.example.com/db?hostaddr=127.0.0.1",
        "postgresql://u:s3cret@localhost.example.com/db",
        "postgresql://u:s3cret@localhost,/db",
    ],
)
def test_another_machine_needs_tls_that_verifies_its_name(url):
    with pytest.raises(InsecureTransport, match="sslmode=verify-full") as raised:
        parse(url)
    assert "s3cret" not in str(raised.value)
    assert "example" not in str(raised.value)
    assert parse(url, allow_insecure=True)


def test_with_verification_another_machine_is_fine():
    parameters = parse("postgresql://u:p@db.example.com/db?sslmode=verify-full&sslrootcert=/ca.pem")
    assert (parameters["host"], parameters["sslmode"], parameters["sslrootcert"]) == (
        "db.example.com",
        "verify-full",
        "/ca.pem",
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host=localhost password=s3cret",
        "postgres:s3cret",
        "mysql://u:s3cret@localhost/db",
        "postgresql://u:s3cret@localhost:port/db?s3cret",
        "postgresql://u:s3cret@localhost/db?s3cret=1",
        "postgresql://u:s3cret@[::1/db",
        "postgresql://u:s3cret@localhost/%zz",
        "postgresql:///db",
        "postgresql://localhost/db?service=s3cret",
    ],
)
def test_what_is_no_such_url_is_refused_without_quoting_it(url):
    with pytest.raises(ConfigurationError) as raised:
        parse(url)
    seen = raised.value
    while seen is not None:
        assert "s3cret" not in str(seen)
        seen = seen.__context__


def test_the_environment_leads_nowhere_else(monkeypatch):
    """What libpq would take from the environment is set, so that it is not looked for there."""
    for name, value in {"PGHOSTADDR": "192.0.2.1", "PGSSLMODE": "disable", "PGOPTIONS": "-c work_mem=1"}.items():
        monkeypatch.setenv(name, value)
    parameters = conninfo_to_dict(make_conninfo(**parse("postgresql://u:p@localhost/db")))
    assert parameters["hostaddr"] == ""
    assert parameters["sslmode"] == "prefer"
    assert "work_mem" not in str(parameters["options"])


def test_options_of_the_url_come_before_those_of_the_store():
    options = parse("postgresql://u@localhost/db?options=-c%20statement_timeout%3D0")["options"]
    assert options.startswith("-c statement_timeout=0 -c statement_timeout=2000 -c lock_timeout=2000 ")
