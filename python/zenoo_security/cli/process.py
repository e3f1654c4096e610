"""Who runs a command."""

from __future__ import annotations

import os
import pwd

__all__ = ["os_user"]


def os_user() -> str:
    """The user of the operating system, as the system has them and not as the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
