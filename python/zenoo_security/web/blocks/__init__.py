"""Blocks: networks whose requests are refused for a time."""

from zenoo_security.web.blocks.control import Blocks
from zenoo_security.web.blocks.policy import BlockPolicy
from zenoo_security.web.blocks.record import Block

__all__ = ["Block", "BlockPolicy", "Blocks"]
