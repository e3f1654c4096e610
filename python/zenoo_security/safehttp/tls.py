"""TLS as it has to be: certificates and names are verified, by the system's authorities or by those that you name."""

from __future__ import annotations

import ssl

from zenoo_security.errors import InsecureTransport, ParameterError

__all__ = ["verifying"]


def verifying(context: ssl.SSLContext | None) -> ssl.SSLContext:
    """The context, or one with the authorities of the system.

    Args:
        context: with authorities or a client certificate of one's own (mutual TLS).

    Raises:
        InsecureTransport: it does not verify certificates or names, or speaks TLS 1.1 or older.
        ParameterError: it is none.
    """
    if context is None:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
    if not isinstance(context, ssl.SSLContext):
        raise ParameterError("ssl_context must be an ssl.SSLContext")
    if context.verify_mode != ssl.CERT_REQUIRED or not context.check_hostname:
        raise InsecureTransport("ssl_context must verify certificates (CERT_REQUIRED) and names (check_hostname)")
    if context.minimum_version < ssl.TLSVersion.TLSv1_2:
        raise InsecureTransport("ssl_context must have minimum_version TLSv1_2 or newer")
    return context
