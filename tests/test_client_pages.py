"""`search_read_pages`: each record once, the next page asked for early, and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo, OdooError
from zenoo_security import SecureZenooClient
from zenoo_security.client import AccessRefused, NotLoggedIn
from zenoo_security.errors import DecryptionError, InvalidInput, ParameterError, QueryRefused
from zenoo_security.errors import OdooError as OdooAnswer
from zenoo_security.fields import Encrypted, EncryptedFields, FieldCipher
from zenoo_security.keyring import KeyRing

RING = KeyRing.generate()
FIELDS = EncryptedFields({"res.partner": {"email": Encrypted(index="email")}})
TOKEN = FieldCipher(RING).encrypt("bob@example.com", context=("res.partner", "email"))


class Partners(FakeOdoo):
    """Partners with odd ids, asked for by id; `hold` keeps the answers back after the first page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = list(range(1, 20, 2))
        self.hold = threading.Event()
        self.hold.set()
        self.answers["search_read"] = self._page

    def _page(self, domain, limit, order, fields=()):
        assert order == "id"
        last = next(leaf[2] for leaf in domain if leaf[:2] == ["id", ">"])
        if last:
            assert self.hold.wait(10)
        found = [n for n in self.ids if n > last][:limit]
        return [{"id": n, **({"x_email_enc": TOKEN} if "x_email_enc" in fields else {})} for n in found]


@pytest.fixture
def fake():
    server = Partners()
    yield server
    server.hold.set()
    server.close()


@pytest.fixture
async def client(fake):
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client


async def pages(client, **options):
    return [rows async for rows in client.search_read_pages("res.partner", [], ["email"], **options)]


@pytest.mark.parametrize(("page_size", "sizes"), [(1, [1] * 10 + [0]), (3, [3, 3, 3, 1]), (5, [5, 5, 0]), (1000, [10])])
async def test_each_record_is_read_once_in_order(client, fake, page_size, sizes):
    read = await pages(client, page_size=page_size)
    assert [len(rows) for rows in read] == [size for size in sizes if size]
    assert [row for rows in read for row in rows] == [{"id": n, "email": "bob@example.com"} for n in fake.ids]
    assert len(fake.calls("search_read")) == len(sizes)


async def test_nothing_that_matches_gives_no_page(client, fake):
    fake.ids = []
    assert await pages(client) == []


async def test_domain_fields_and_context_are_those_of_the_caller(client, fake):
    domain = ["|", ("email", "=", "bob@example.com"), ("name", "=", "x")]
    context = {"active_test": False}
    read = client.search_read_pages("res.partner", domain, page_size=6, context=context)
    assert [len(rows) async for rows in read] == [6, 4]
    first, second = fake.calls("search_read")
    [index] = [leaf[2] for leaf in first["args"][0] if leaf[0] == "x_email_idx"]
    assert first["args"][0] == ["&", ["id", ">", 0], "|", ["x_email_idx", "=", index], ["name", "=", "x"]]
    assert second["args"][0] == ["&", ["id", ">", 11], "|", ["x_email_idx", "=", index], ["name", "=", "x"]]
    assert (first["kwargs"]["context"]["active_test"], "fields" in first["kwargs"]) == (False, False)
    assert (domain[0], context) == ("|", {"active_test": False})


async def test_the_next_page_is_on_its_way_while_one_is_used(client, fake):
    fake.hold.clear()
    read = client.search_read_pages("res.partner", [], ["email"], page_size=5)
    async with contextlib.aclosing(read):
        assert len(await anext(read)) == 5
        await asyncio.to_thread(_wait_until, lambda: len(fake.calls("search_read")) == 2)
        fake.hold.set()
        assert len(await anext(read)) == 5


def _wait_until(holds):
    for _ in range(1000):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("the next page was not asked for")


@pytest.mark.parametrize("how", ["break", "error", "cancel"])
async def test_who_stops_early_leaves_no_request_behind(client, fake, how):
    fake.hold.clear()
    others = asyncio.all_tasks()

    async def consume():
        async with contextlib.aclosing(client.search_read_pages("res.partner", [], page_size=5)) as read:
            async for _ in read:
                if how == "error":
                    raise KeyError
                if how == "cancel":
                    asyncio.current_task().cancel()
                    await asyncio.sleep(10)
                break

    done = asyncio.create_task(consume())
    await asyncio.wait([done])
    if how == "cancel":
        assert done.cancelled()
    else:
        assert isinstance(done.exception(), KeyError if how == "error" else type(None))
    assert asyncio.all_tasks() == others
    fake.hold.set()
    assert await client.search_count("res.partner", []) is not None, "the client can be used"


async def test_a_request_that_fails_ends_the_pages(client, fake):
    page, others = fake.answers["search_read"], asyncio.all_tasks()
    fake.answers["search_read"] = lambda domain, **options: (
        OdooError("odoo.exceptions.AccessError") if domain[-1][2] else page(domain, **options)
    )
    async with contextlib.aclosing(client.search_read_pages("res.partner", [], page_size=5)) as read:
        assert [row["id"] for row in await anext(read)] == fake.ids[:5], "what was there is handed on first"
        with pytest.raises(AccessRefused):
            await anext(read)
    assert asyncio.all_tasks() == others


async def test_a_page_that_cannot_be_decrypted_ends_them_too(fake):
    others = asyncio.all_tasks()
    options = {"encrypted_fields": FIELDS, "key_ring": KeyRing.generate(), "undecryptable": "raise"}
    async with SecureZenooClient(fake.url, **options) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        with pytest.raises(DecryptionError):
            await pages(client, page_size=5)
    assert asyncio.all_tasks() == others


async def test_a_page_is_not_asked_for_as_somebody_else(client, fake):
    read = client.search_read_pages("res.partner", [], page_size=3)
    async with contextlib.aclosing(read):
        await anext(read)
        fake.answers["authenticate"] = 9
        await client.login(DATABASE, LOGIN, PASSWORD)
        assert await anext(read), "was on its way already"
        with pytest.raises(NotLoggedIn):
            await anext(read)
    assert all(call["uid"] == 7 for call in fake.calls("search_read"))


async def test_mistakes_are_told_before_anything_is_asked(client, fake):
    with pytest.raises(ParameterError, match="page_size"):
        client.search_read_pages("res.partner", [], page_size=0)
    with pytest.raises(InvalidInput):
        client.search_read_pages("res.partner", ["&"])
    with pytest.raises(QueryRefused):
        await anext(client.search_read_pages("res.partner", [("email", "ilike", "b")]))
    assert not fake.calls("search_read")


@pytest.mark.parametrize("answer", [[{"id": 1}, {"id": 1}], [{}], [5], [{"id": "1"}], {"id": 1}, False, "x"])
async def test_pages_that_do_not_go_on_are_an_error_of_odoo(client, fake, answer):
    fake.answers["search_read"] = answer
    with pytest.raises(OdooAnswer, match="check that no proxy"):
        await pages(client, page_size=1)
