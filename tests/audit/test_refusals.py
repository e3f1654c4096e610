"""Refusals of input and of requests: told where they happen, without what was sent, and no faster than they should be."""

from __future__ import annotations

import threading

import pytest

from zenoo_security import InvalidInput, Principal, RateLimiter, acting_as, create_partner_secure, validate
from zenoo_security.audit import AuditLog, configured, in_request, validating
from zenoo_security.clock import FakeClock
from zenoo_security.errors import AuditUnavailable, InvalidFields, RateLimitExceeded


class NoOdoo:
    """Nothing gets this far."""

    async def create(self, _model: str, _values: dict[str, object], /) -> int:
        raise AssertionError


@pytest.mark.asvs("v5.0.0-16.3.3", "v5.0.0-16.2.5")
async def test_a_partner_that_is_refused_is_told_with_fields_and_codes_alone(heard):
    sent = {"name": "Eve\r\nforged", "email": "nobody@hunter2", "hunter2": "hunter2"}
    with acting_as(Principal("shop", 7, "eve")), in_request(client_ip="192.0.2.1"), pytest.raises(InvalidFields) as got:
        await create_partner_secure(NoOdoo(), sent)
    fields = heard.one("input_validation_fail")
    told = sorted(zip(fields["details"]["fields"], fields["details"]["codes"], strict=True))
    assert told == sorted((error.field, error.code) for error in got.value.errors)
    assert len(told) == 3
    assert (fields["user.name"], fields["source.address"], fields["details"]["what"]) == ("eve", "192.0.2.1", "partner")
    assert b"nobody" not in heard[0].line
    assert b"forged" not in heard[0].line


async def test_what_is_no_partner_at_all_is_told_once(heard):
    with validating("signup"), pytest.raises(InvalidInput):
        await create_partner_secure(NoOdoo(), [])  # type: ignore[arg-type]
    assert heard.events == []
    with pytest.raises(InvalidInput), validating("signup"):
        await create_partner_secure(NoOdoo(), [])  # type: ignore[arg-type]
    assert heard.one("input_validation_fail")["details"] == {"what": "signup", "fields": ["?"], "codes": ["type"]}


@pytest.mark.asvs("v5.0.0-16.3.3")
def test_a_domain_from_outside_is_told_and_a_validator_alone_tells_nobody(heard):
    with pytest.raises(InvalidInput):
        validate.domain([("hunter2;--", "=", 1)])
    assert heard.events == []
    with pytest.raises(InvalidInput), validating("search"):
        validate.domain([("hunter2;--", "=", 1)])
    assert heard.one("input_validation_fail")["details"]["what"] == "search"
    assert b"hunter2" not in heard[0].line


def test_other_errors_of_a_block_are_none_of_its_input(heard):
    with pytest.raises(ZeroDivisionError), validating("search"):
        _ = 1 / 0
    assert heard.events == []


@pytest.mark.asvs("v5.0.0-16.3.3", "v5.0.0-2.4.1")
@pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
async def test_who_asks_too_often_is_told_at_once_and_then_with_a_count(heard, algorithm):
    clock = FakeClock()
    limiter = RateLimiter(2, 60, algorithm=algorithm, clock=clock)
    with in_request(client_ip="192.0.2.1"):
        assert limiter.allow("hunter2")
        assert limiter.hit("hunter2")
        assert heard.events == []
        with pytest.raises(RateLimitExceeded):
            limiter.require("hunter2")
        first = heard.one("excess_rate_limit_exceeded")
        assert first["details"] == {"what": "requests", "limiter": "2/min", "limit": 2, "window_s": 60, "count": 1}
        assert first["source.address"] == "192.0.2.1"
        for _ in range(1000):
            limiter.hit("hunter2", 2)
            limiter.allow("hunter2")
            assert not await limiter.is_allowed("hunter2")
            limiter.peek("hunter2")
    assert len(heard) == 1
    clock.advance(60)
    while limiter.allow("hunter2"):
        pass
    assert heard.fields[1]["details"]["count"] == 3001
    assert b"hunter2" not in b"".join(entry.line for entry in heard)


@pytest.mark.asvs("v5.0.0-16.3.3")
def test_however_many_names_somebody_invents_the_log_is_not_flooded(heard):
    limiter = RateLimiter(1, 3600, max_keys=1, clock=FakeClock())
    limiter.allow("first")
    assert not any(limiter.allow(f"name {number}") for number in range(20_000))
    assert 1 < len(heard) <= 256


def test_threads_that_are_refused_at_once_are_told_once(heard):
    limiter = RateLimiter(1, 3600, clock=FakeClock())
    limiter.allow("a")
    threads = [threading.Thread(target=lambda: [limiter.allow("a") for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 1


@pytest.mark.asvs("v5.0.0-16.5.3")
def test_a_refusal_that_cannot_be_logged_stays_one():
    limiter = RateLimiter(1, 60)
    limiter.allow("a")
    with configured(AuditLog(lambda _entry: 1 / 0, required=True)):
        with pytest.raises(AuditUnavailable):
            limiter.allow("a")
        with pytest.raises(AuditUnavailable), validating("x"):
            validate.email("x")
