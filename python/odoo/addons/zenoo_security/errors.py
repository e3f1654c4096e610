"""What clients are told of limits, by the types that Odoo answers with."""

import logging

from odoo.exceptions import UserError

from zenoo_security.addon.rpc_answers import NOT_COUNTED, TOO_MANY_REQUESTS


class TooManyRequests(UserError):
    http_status = 429
    # Whoever asks too often would else write the log full.
    loglevel = logging.DEBUG

    def __init__(self, message=TOO_MANY_REQUESTS):
        super().__init__(message)


class NotCounted(UserError):
    http_status = 503
    loglevel = logging.DEBUG

    def __init__(self, message=NOT_COUNTED):
        super().__init__(message)
