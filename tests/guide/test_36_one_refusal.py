"""Defect 36: "Access denied to res.partner record 3" confirms that there is a record 3."""

from __future__ import annotations

import pytest

from guide.test_35_keyword_ids import ALICE, Client, OfTheTest, get_partner, guides_secure_object_access
from zenoo_security import acting_as, secure_object_access
from zenoo_security.errors import RecordNotFound
from zenoo_security.guards import objects


async def test_the_guide_names_the_record() -> None:
    with pytest.raises(PermissionError, match=r"res\.partner record 11"):
        await guides_secure_object_access("res.partner", "read")(get_partner)(Client(), 11)


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_ours_has_one_text_without_the_number(monkeypatch) -> None:
    monkeypatch.setattr(objects, "ObjectLevelAuthManager", OfTheTest)
    guarded = secure_object_access("res.partner", "read")(get_partner)
    texts = set()
    with acting_as(ALICE):
        for number in (11, 4711, 2**31 - 1):
            with pytest.raises(RecordNotFound) as refused:
                await guarded(Client(), number)
            texts.add(str(refused.value))
    assert texts == {"there is no such record"}
