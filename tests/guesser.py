"""A process of its own that logs in. Told on standard input, as one line of JSON: the settings, who, and what to try.

It says `ready`, waits for another line, tries all passwords at once, and says what came of them.
"""

from __future__ import annotations

import asyncio
import collections
import json
import sys
from typing import Any

import httpcore  # noqa: F401  # httpx imports it with its first client, while the store's answers wait.

from zenoo_security import SecureAuthManager, SecurityConfig, SecurityError


async def main(job: dict[str, Any]) -> None:
    async with SecureAuthManager(SecurityConfig(**job["settings"])) as auth:
        # As a process that has served others: what a busy machine takes to open connections is not what is looked at.
        await asyncio.gather(*(auth.lockout.status(job["database"], job["login"]) for _ in range(20)))
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        tries = [auth.authenticate(job["login"], password, job["database"]) for password in job["passwords"]]
        answers = await asyncio.gather(*tries, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, SecurityError):
            raise answer
    names = [type(answer).__name__ for answer in answers]
    say(json.dumps(collections.Counter(names)))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
