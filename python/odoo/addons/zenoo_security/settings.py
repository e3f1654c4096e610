"""The settings of this server, read once for each process."""

import functools

from odoo.tools import config

from zenoo_security.addon.settings import read_key_ring, read_section, read_settings


@functools.cache
def get_settings():
    return read_settings(read_section(config["config"]))


@functools.cache
def get_key_ring():
    return read_key_ring(read_section(config["config"]))
