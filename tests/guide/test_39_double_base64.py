"""Defect 39: the guide encoded in base64 twice, so that 11 characters became 136."""

from __future__ import annotations

from guide.encryption import GuideEncryption
from zenoo_security import DataEncryption, KeyRing

PHONE, COMMENT = "+4930123456", "x" * 3000


def test_the_guide_makes_136_characters_of_11():
    assert len(GuideEncryption().encrypt_sensitive_data(PHONE)) == 136


def test_a_value_is_encoded_once():
    """A token has 4 characters in front, 45 bytes more than the value, and a third of them for base64."""
    encryption = DataEncryption(KeyRing.generate())
    assert len(encryption.encrypt_sensitive_data(PHONE)) == 4 + (45 + len(PHONE)) * 4 // 3 + 1 == 79
    guides, ours = (len(each.encrypt_sensitive_data(COMMENT)) for each in (GuideEncryption(), encryption))
    assert ours < guides * 0.77
