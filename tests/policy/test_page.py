"""The policy file of the guide's page is one, and says what the page says of it."""

from __future__ import annotations

import re
from pathlib import Path

from zenoo_security.policy import Policy, findings

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "policy.md"


def test_the_file_on_the_page_is_a_policy(tmp_path):
    [toml] = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    path = tmp_path / "policy.toml"
    path.write_text(toml)
    policy = Policy.from_file(path)
    assert {finding.code for finding in findings(policy)} == {"only-assigned"}
    assert policy.knows("export_reports")
    assert not policy.rights(frozenset({"editor"})).allows("res.partner:read:vat")
    assert len(policy.narrowing("res.partner", "read", frozenset({"editor"}))) == 1
