"""What the domain parser lets through with the types of the fields, a real Odoo 19 answers."""

from __future__ import annotations

from contextlib import suppress

import pytest

from domain_maker import Maker
from zenoo_security.errors import InvalidInput, PolicyError
from zenoo_security.request_guard import search_fields
from zenoo_security.validate import DomainParser

pytestmark = pytest.mark.odoo

COUNT = 5_000
PATHS = {
    "res.partner": [
        "id", "name", "display_name", "active", "color", "create_date", "type", "parent_id", "child_ids", "category_id",
        "country_id", "partner_latitude", "comment", "lang", "user_ids", "company_id", "email", "vat", "bank_ids", "is_company",
        "commercial_partner_id", "image_1920", "parent_id.display_name", "child_ids.display_name", "parent_id.name", "parent_id.parent_id", "parent_id.country_id.code",
        "child_ids.name", "child_ids.create_date", "category_id.name", "category_id.parent_id", "country_id.name",
        "country_id.state_ids", "user_ids.login", "bank_ids.acc_number",
    ],
    "res.users": [
        "id", "login", "name", "email", "active", "share", "partner_id", "company_id", "company_ids", "group_ids", "create_date",
        "partner_id.name", "partner_id.parent_id", "company_ids.name", "group_ids.name", "login_date",
    ],
    "res.country": ["id", "name", "code", "currency_id", "phone_code", "state_ids", "state_ids.name", "currency_id.rounding", "image_url"],
    "ir.attachment": ["id", "name", "res_model", "res_id", "res_field", "file_size", "type", "public", "mimetype", "create_uid", "datas"],
    "res.currency.rate": ["id", "name", "rate", "company_id", "currency_id", "currency_id.name", "create_date"],
}  # fmt: skip


CODE = """
answers = []
for domain in env.context["zs_domains"]:
    env.cr.execute("SAVEPOINT zs_ask")
    said = ""
    try:
        env[env.context["zs_model"]].search(domain, limit=5)
        env[env.context["zs_model"]].search_count(domain, limit=5)
    except Exception as error:
        said = repr(error)
    env.cr.execute("ROLLBACK TO SAVEPOINT zs_ask")
    answers.append(said)
action = {"answers": answers}
"""


class Client:
    """The local Odoo as a client."""

    def __init__(self, database):
        self._database = database

    async def execute_kw(self, model, method, args, kwargs):
        return self._database.call(model, method, *args, **kwargs)


async def known(client, model, paths):
    """The paths of a model that can be searched by, with their types."""
    found = {}
    for path in paths:
        with suppress(PolicyError):
            found |= await search_fields(client, model, [path])
    return found


async def test_what_passes_is_answered(odoo_database, answers):
    """By `search` and `search_count`; the first fifty also over RPC, each in a request of its own."""
    client = Client(odoo_database)
    failed, asked = [], 0
    for model, paths in PATHS.items():
        fields = await known(client, model, paths)
        assert len(fields) >= len(paths) * 0.7, fields
        parser, maker = DomainParser(fields=fields), Maker(2026, fields, wrong=0.05)
        domains = []
        while len(domains) < COUNT // len(PATHS):
            try:
                domains.append(parser.parse(maker.source()))
            except InvalidInput:
                continue
        asked += len(domains)
        told = answers(model, domains)
        failed += [(model, domain, said) for domain, said in zip(domains, told, strict=True) if said]
        for domain in domains[:10]:
            odoo_database.call(model, "search_read", domain, ["id"], limit=5)
    assert asked == COUNT
    assert not failed, f"{len(failed)} of {asked}: {failed[:5]}"


@pytest.fixture
def answers(odoo_database):
    """What Odoo says to each of many domains, empty where it answers: a request for each would cost ten times as much."""
    values = {"name": "Ask", "model_id": odoo_database.resolve("base.model_res_partner"), "state": "code", "code": CODE}
    action = odoo_database.call("ir.actions.server", "create", values)

    def answers(model, domains):
        told = []
        for start in range(0, len(domains), 250):
            context = {"zs_model": model, "zs_domains": domains[start : start + 250]}
            told += odoo_database.call("ir.actions.server", "run", [action], context=context)["answers"]
        return told

    return answers
