"""A process that says, for each line of its input, what a user may; ends with its input."""

from __future__ import annotations

import asyncio
import json
import sys

from zenoo_security import AccessControlManager, Principal
from zenoo_security.errors import PolicyError
from zenoo_security.policy import PolicyFile
from zenoo_security.stores import open_store


async def main(url: str, policy: str) -> None:
    """Answer `allowed` or `refused` to each permission."""
    store = open_store(url)
    access = AccessControlManager(PolicyFile(policy), store=store)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            allowed = await access.allows(Principal("shop", 7, asked["login"]), asked["permission"])
            answer = "allowed" if allowed else "refused"
        except PolicyError:
            answer = "policy"
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
