"""Stops what runs and removes what the cache holds: the way out when something in it is damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.runs import Run, clean_up, list_runs

if TYPE_CHECKING:
    from zenoo_security.testing.progress import Progress

__all__ = ["reset", "stop"]


def reset(progress: Progress, *, keep_downloads: bool = False, force: bool = False, cache: Cache | None = None) -> None:
    """Stop what the command line left running, and remove databases, templates and downloads.

    Args:
        progress: is told about the steps.
        keep_downloads: keeps Odoo and its Python packages.
        force: stops those too that other processes are using now.
        cache: whose; the default one without it.

    Raises:
        LocalOdooError: other processes are using it, and not `force`.
    """
    cache = cache or Cache()
    with cache.lock(progress):
        clean_up(cache)
        runs = list_runs(cache)
        used = [run for run in runs if run.owner is not None]
        if used and not force:
            raise LocalOdooError(f"the cache is used by {_users(used)}: end that first, or reset with --force")
        with progress.step("Stopping what runs"):
            for run in runs:
                run.end(cache)
        with progress.step("Removing what was built"):
            cache.remove("template", *(() if keep_downloads else ("odoo", "python")))


def stop(progress: Progress, name: str, *, cache: Cache | None = None) -> bool:
    """Stop what was started with a name, running or half dead. Tell whether there was anything.

    Args:
        progress: is told about the step.
        name: the name.
        cache: whose; the default one without it.

    Raises:
        LocalOdooError: it is being started by another process.
    """
    cache = cache or Cache()
    run = next((run for run in list_runs(cache) if run.name == name), None)
    if run is None:
        return False
    if run.owner is not None and run.is_alive():
        raise LocalOdooError(f"{_users([run])} is starting it now: wait for it, or end that")
    with progress.step("Stopping Odoo and PostgreSQL"):
        run.end(cache)
    return True


def _users(runs: list[Run]) -> str:
    processes = [f"process {run.owner.pid} on {run.host.partition('/')[0]}" for run in runs if run.owner]
    return ", ".join(processes)
