"""The other ways of zenoo-rpc: typed models, the query builder, batches, transactions, the cache, relations."""

from __future__ import annotations

from typing import Any

from zenoo_rpc.models.common import ResPartner
from zenoo_rpc.query.filters import Q

from scenarios.people import ANNA, BRUNO, NEW, people, shown


def _plain(person: Any) -> tuple[Any, ...]:
    return person.id, person.name, person.email, person.phone, person.ref


def _mine(client: Any, tag: str) -> Any:
    return client.model(ResPartner).filter(name__startswith=tag).only("name", "email", "phone", "ref").order_by("id")


async def typed_records(client: Any) -> Any:
    person = await client.model(ResPartner).create(name="typed", **{k: ANNA[k] for k in ("email", "phone", "ref")})
    before = _plain(person)
    await person.update(email=NEW["email"])
    after = [_plain(p) for p in await _mine(client, "typed").all()]
    await person.delete()
    return before, after, await _mine(client, "typed").exists()


async def query_builder(client: Any) -> Any:
    await people(client, "query")
    mine = _mine(client, "query")
    either = Q(email=ANNA["email"]) | Q(ref=BRUNO["ref"])
    return [
        [_plain(p) for p in await mine.filter(email=ANNA["email"]).all()],
        [_plain(p) for p in await mine.filter(either).all()],
        [_plain(p) for p in await mine.exclude(email=ANNA["email"], ref=ANNA["ref"]).all()],
        [_plain(p) for p in await mine.filter(~Q(email=BRUNO["email"]), email__isnull=False).all()],
        [_plain(p) for p in await mine.filter(email__in=[ANNA["email"], NEW["email"]]).all()],
        await mine.filter(email__ne=ANNA["email"]).values("email", "city"),
        await mine.filter(ref=ANNA["ref"]).count(),
        await mine.filter(ref=NEW["ref"]).exists(),
        _plain(await mine.filter(ref=ANNA["ref"]).get()),
        _plain(await mine.limit(1).offset(1).first()),
        [_plain(p) async for p in mine.limit(3)],
    ]


async def bulk_create(client: Any) -> Any:
    rows = [{"name": "bulk 1", "email": ANNA["email"]}, {"name": "bulk 2", "ref": BRUNO["ref"]}]
    made = await client.model(ResPartner).bulk_create(rows)
    return sorted((p.name, p.email, p.ref) for p in made)


async def batches(client: Any) -> Any:
    await client.setup_batch_manager(max_chunk_size=2)
    async with client.batch() as batch:
        await batch.create("res.partner", [{"name": f"batch {n}", **person} for n, person in enumerate((ANNA, BRUNO))])
    ids = await client.search("res.partner", [("name", "=like", "batch%")], order="id")
    async with client.batch() as batch:
        await batch.update("res.partner", ids[:1], {"email": NEW["email"]})
        await batch.delete("res.partner", ids[1:])
    return await shown(client, ids), await client.search(
        "res.partner", [("email", "=", NEW["email"]), ("id", "in", ids)]
    )


async def transactions(client: Any) -> Any:
    await client.setup_transaction_manager()
    async with client.transaction():
        partner = await client.create("res.partner", {"name": "transaction", **ANNA})
        await client.write("res.partner", [partner], {"ref": NEW["ref"]})
    return await shown(client, [partner])


async def cached_queries(client: Any) -> Any:
    await client.setup_cache_manager()
    [anna, *_] = await people(client, "cache")
    mine = client.model(ResPartner).filter(name__startswith="cache", email=ANNA["email"])
    first = await mine.values("name", "email")
    again = await client.model(ResPartner).filter(name__startswith="cache", email=ANNA["email"]).values("name", "email")
    await client.write("res.partner", [anna], {"ref": NEW["ref"]})
    after = await client.model(ResPartner).filter(name__startswith="cache", ref=NEW["ref"]).values("name", "ref")
    return first, again, after


async def lazy_relations(client: Any) -> Any:
    anna, bruno, *_ = await people(client, "lazy")
    await client.write("res.partner", [bruno], {"parent_id": anna})
    record = await client.model(ResPartner).filter(id=bruno).only("name", "email", "parent_id").first()
    parent = await record.parent_id
    return record.email, parent.id, parent.name
