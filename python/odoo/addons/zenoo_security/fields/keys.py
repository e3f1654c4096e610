import functools
import logging

from zenoo_security.addon.stored_field import StoredField
from zenoo_security.errors import SecurityError

from ..settings import get_key_ring
from .errors import require_key_ring

_logger = logging.getLogger(__name__)


def find_stored_field(field):
    """The field with its keys, or None where the server has none."""
    try:
        return _make(field.model_name, field.name, field.blind_index, field.padding)
    except SecurityError as error:
        _logger.error("%s cannot be decrypted: %s", field, error)
        return None


def get_stored_field(field, env):
    return find_stored_field(field) or require_key_ring(env)


@functools.cache
def _make(model, name, index, padding):
    return StoredField(get_key_ring(), model, name, index=index, padding=padding)
