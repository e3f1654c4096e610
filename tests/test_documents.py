"""What the documents say of limits, times and costs is what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from zenoo_security import PasswordPolicy, SecurityConfig, passwords
from zenoo_security.checks import Severity
from zenoo_security.checks.live_url import asking, tls
from zenoo_security.context_words import MAX_DECORATION, is_made_of
from zenoo_security.errors import ConfigurationError, InvalidInput
from zenoo_security.hashing import HashingBudget
from zenoo_security.keyring.age import MAX_AGE_DAYS, SOON, Warned
from zenoo_security.lockout import LockoutPolicy
from zenoo_security.sessions import SessionPolicy

ROOT = Path(__file__).parent.parent
DAY_S = 86_400
UNITS = {"s": 1, "min": 60, "h": 3600, "hour": 3600, "day": DAY_S, "days": DAY_S}


def section(file: str, title: str) -> str:
    """What stands under a heading."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert f"\n{title}\n" in text
    return re.split(r"^#{1,6} ", text.partition(f"\n{title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the rows of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines][1:]


def seconds(text: str) -> float:
    """`30 s`, `1 h`, `30 days`."""
    number, unit = re.match(r"(\d+) (\w+)", text).groups()
    return int(number) * UNITS[unit]


LOCKOUT = "docs/guide/lockout.md"


@pytest.mark.asvs("v5.0.0-6.1.1", document=LOCKOUT)
def test_delays_and_stops_of_the_page_on_lockout():
    policy = LockoutPolicy()
    backoffs = {
        "account": policy.account,
        "account from a network": policy.source,
        "network": policy.network,
        "account on a device": policy.device,
    }
    table = rows(section(LOCKOUT, "## What is counted"))
    assert [row[0] for row in table] == list(backoffs)
    for name, free, delays, stop, forgotten in table:
        backoff = backoffs[name]
        first, longest = re.match(r"(\d+ \w+)(?: \(`\w+`\))?, doubling to (\d+ \w+)", delays).groups()
        assert int(free) == 1 + sum(delay == 0 for delay in backoff.delays_s), name
        assert (seconds(first), seconds(longest)) == (min(filter(None, backoff.delays_s)), backoff.delays_s[-1]), name
        assert backoff.stop == (int(re.match(r"\d+", stop)[0]) if stop else None), name
        assert seconds(forgotten) == backoff.keep_s, name


@pytest.mark.asvs("v5.0.0-6.1.1", document=LOCKOUT)
@pytest.mark.parametrize("where", ["one network", "any number of networks"])
def test_what_an_attacker_gets_by_the_page_on_lockout(where):
    """Who fails whenever an attempt is free."""
    policy = LockoutPolicy()
    counters = [policy.account, policy.source] if where == "one network" else [policy.account]
    text = next(row[1] for row in rows(section(LOCKOUT, "## What an attacker gets")) if where in row[0])
    first_day, stop, days = re.match(r"(\d+) on the first day, (\d+) in ([\d.]+) days", text).groups()
    now, guesses = 0.0, []
    while len(guesses) < policy.account.stop:
        guesses.append(now)
        now += max(one.delays_s[min(len(guesses), len(one.delays_s)) - 1] for one in counters)
    assert sum(at < DAY_S for at in guesses) == int(first_day)
    assert (len(guesses), round(guesses[-1] / DAY_S, 1)) == (int(stop), float(days))


@pytest.mark.asvs("v5.0.0-6.1.1", document=LOCKOUT)
def test_how_long_a_stranger_keeps_the_owner_out_by_the_page_on_lockout():
    policy = LockoutPolicy()
    text = " ".join(section(LOCKOUT, "## Whom a stranger can keep out").split())
    assert f"keeps its owner out for {min(filter(None, policy.account.delays_s)):.0f} seconds" in text
    assert (
        f"by {policy.network.delays_s[-1] / 60:.0f} minutes at most, after {policy.network_attempts} failures" in text
    )
    assert "Not kept out is who comes on a device that has logged in to the account before." in text


PASSWORDS = "docs/guide/password-policy.md"


@pytest.mark.asvs("v5.0.0-6.1.2", document=PASSWORDS)
def test_context_words_of_the_page_on_the_password_policy():
    text = " ".join(section(PASSWORDS, "## What is refused").split())
    login, *words = re.search(r"`(\S+)` has `(\w+)`, `(\w+)`, `(\w+)` and `(\w+)`", text).groups()
    assert all(is_made_of(word, [login]) for word in words)
    for made in re.findall(r"such words in a row \(`(.+?)`\)", text) + re.findall(r"between them \(`(.+?)`\)", text):
        with pytest.raises(InvalidInput, match="names that an attacker tries first"):
            PasswordPolicy(context=[login]).check(made, has_mfa=True)
    assert f"at most {MAX_DECORATION} other characters" in text
    accepted = re.search(r"`([^`]+)` is accepted", text)[1]
    PasswordPolicy(context=[login]).check(accepted)


KEYS = "docs/guide/keys-cli.md"


@pytest.mark.asvs("v5.0.0-11.1.1", document=KEYS)
def test_the_life_of_a_key_on_the_page_of_the_command_line():
    text = " ".join(section(KEYS, "## Rotate").split())
    years = {"two": 2}[re.search(r"A key encrypts for (\w+) years at most \(NIST SP 800-57", text)[1]]
    assert years * 365 == MAX_AGE_DAYS
    states = [
        word for word in ("add", "promote", "rotate", "reseal", "retire") if f"zenoo-security keys {word}" in text
    ]
    assert states == ["add", "promote", "reseal", "retire"]


@pytest.mark.asvs("v5.0.0-11.1.1", document=KEYS)
def test_the_findings_on_the_page_of_the_command_line():
    """Each code is one that `keys verify` knows, and none is left out."""
    listed = {code for row in rows(section(KEYS, "## Check")) for code in re.findall(r"`([\w-]+)`", row[0])}
    sources = [
        *(ROOT / "python/zenoo_security/keys").glob("*.py"),
        *(ROOT / "python/zenoo_security/cli/keys").glob("*.py"),
    ]
    found = {
        code for path in sources for code in re.findall(r'Finding\(\s*"([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert listed == found | set(get_args(Warned)) - {"", SOON}


CONFIG = "docs/guide/config.md"


@pytest.mark.asvs("v5.0.0-2.1.3", document=CONFIG)
def test_every_limit_on_the_page_of_the_settings():
    """Sessions of a user, failures of an account, requests of a client: default and range of each number."""
    text = (ROOT / CONFIG).read_text(encoding="utf-8")
    found = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| ([\d,]+) to ([\d,]+)", text, re.MULTILINE)
    listed = {name.lower(): tuple(int(one.replace(",", "")) for one in numbers) for name, *numbers in found}
    numbers = {name for name, field in SecurityConfig.model_fields.items() if type(field.default) is int}
    assert set(listed) == numbers
    for name, (default, lowest, highest) in listed.items():
        assert getattr(SecurityConfig(), name) == default, name
        for inside in (lowest, highest):
            assert getattr(SecurityConfig(**{name: inside}), name) == inside, name
        for outside in (lowest - 1, highest + 1):
            with pytest.raises(ConfigurationError, match=name):
                SecurityConfig(**{name: outside})


@pytest.mark.asvs("v5.0.0-13.1.4", document=CONFIG)
def test_every_secret_of_the_settings_has_a_time_to_be_renewed():
    listed = [row[0].strip("`") for row in rows(section(CONFIG, "### When they are renewed"))]
    secret = {
        name.upper() for name, field in SecurityConfig.model_fields.items() if "SecretStr" in str(field.annotation)
    }
    assert set(listed) - {"KEY_RING_KEK"} == secret


@pytest.mark.asvs("v5.0.0-7.1.2", document="docs/guide/sessions.md")
def test_the_number_of_sessions_on_their_page():
    table = rows(section("docs/guide/sessions.md", "## When a session ends"))
    [(_, default, setting)] = [row for row in table if row[0].startswith("an eleventh session")]
    policy = SessionPolicy()
    assert (policy.most, SecurityConfig().max_sessions, policy.when_full) == (10, 10, "end_oldest")
    assert default == "the oldest ends"
    assert '`when_full="refuse"` raises `TooManySessions`' in setting


COSTS = "docs/guide/passwords.md"


@pytest.mark.asvs("v5.0.0-15.1.3", document=COSTS)
def test_what_a_hash_costs_on_the_page_of_passwords():
    for name, costs, _ in rows(section(COSTS, "## Costs")):
        profile = getattr(passwords, re.match(r"`(\w+)`", name)[1])
        mib, passes, lanes = re.match(r"(\d+) MiB, (\d+), (\d+)", costs).groups()
        assert (profile.memory_kib, profile.passes, profile.lanes) == (int(mib) * 1024, int(passes), int(lanes))


@pytest.mark.asvs("v5.0.0-15.1.3", document=COSTS)
def test_what_all_hashes_may_take_on_the_page_of_passwords():
    mib, wait_s = re.search(
        r"a budget of (\d+) MiB\. .* waits up to (\d+) seconds", section(COSTS, "## Memory")
    ).groups()
    assert SecurityConfig().hashing_memory_mib == int(mib)
    budget = HashingBudget(mib=int(mib))
    assert budget.wait_s == int(wait_s)


def test_when_the_check_of_an_address_ends():
    page = " ".join((ROOT / "docs/guide/checks.md").read_text(encoding="utf-8").split())
    request = f"{asking._REQUEST_S:g} seconds and {asking.MAX_BODY // 1024} KiB"
    whole = (
        f"all of them after {asking._VIEW_S:g} seconds, a handshake after {tls._HANDSHAKE_S:g}; after three requests"
    )
    assert f"Each request ends after {request}, {whole}" in page
    assert asking._MOST_SILENCES == 3
    assert f"in {asking._ACTIVE_VIEW_S:g} seconds at most" in page


@pytest.mark.asvs("v5.0.0-15.1.1", document="SECURITY.md")
def test_every_severity_has_days_until_a_fixed_release():
    table = rows(section("SECURITY.md", "## Vulnerable dependencies"))
    assert [name for name, _ in table] == [one.label for one in sorted(Severity, reverse=True) if one.label != "info"]
    days = [int(number) for _, number in table]
    assert days == sorted(set(days))
