"""The jobs that write: `encrypt`, `decrypt`, `rotate` and `reindex`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypedDict

from zenoo_security.audit import emit
from zenoo_security.client.compare import CompareAndWrite
from zenoo_security.errors import ParameterError
from zenoo_security.jobs.caller import identify, require_access, require_columns
from zenoo_security.jobs.journal import default_path, open_journal
from zenoo_security.jobs.progress import Step
from zenoo_security.jobs.runner import ModelRun
from zenoo_security.jobs.scan import Scan
from zenoo_security.jobs.stopwatch import Stopwatch
from zenoo_security.jobs.subject import Subject
from zenoo_security.jobs.survey import survey
from zenoo_security.jobs.targets import by_model, select
from zenoo_security.odoo_client import principal_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from typing_extensions import Unpack

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.fernet import FernetReader
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.jobs.caller import Caller
    from zenoo_security.jobs.journal import Journal
    from zenoo_security.jobs.plan import Operation
    from zenoo_security.jobs.progress import OnProgress
    from zenoo_security.jobs.report import Report
    from zenoo_security.keyring import KeyRing

__all__ = ["Options", "decrypt", "encrypt", "journal_path", "reindex", "rotate"]


class Options(TypedDict, total=False):
    """What every job that writes takes beside what it works on.

    Attributes:
        journal: the file that lets an interrupted job go on; without it a job begins at the first record, which does
            no harm and takes longer.
        restart: forget what the journal holds.
        dry_run: count what would be done and write nothing, no journal either.
        verify: look at every record afterwards; True unless given.
        progress: told after each batch.
        fernet: opens what the guide encrypted; with the keys of the environment unless given.
    """

    journal: Path | None
    restart: bool
    dry_run: bool
    verify: bool
    progress: OnProgress | None
    fernet: FernetReader | None


async def encrypt(
    client: SecureZenooClient,
    fields: EncryptedFields,
    key_ring: KeyRing,
    targets: Sequence[str] | None = None,
    **options: Unpack[Options],
) -> Report:
    """Encrypt what is in the clear, what the guide encrypted with Fernet, and what somebody wrote beside a token.

    Args:
        client: logged in as the user under whose rights the job works; made without `encrypted_fields`.
        fields: the declaration.
        key_ring: the keys.
        targets: as `MODEL.FIELD`; all declared fields unless given.
        options: see `Options`.

    Raises:
        ConfigurationError: `zenoo-security fields create` has not been run, or the journal belongs to another job.
        OdooUnavailable: Odoo is down or slow; with the same journal the same call goes on where this one stopped.
        PermissionDenied: the user may not read or write a model.
        ParameterError: a field is not declared.
    """
    return await _run("encrypt", Subject(client, fields, key_ring, targets, options.get("fernet")), options)


async def decrypt(
    client: SecureZenooClient,
    fields: EncryptedFields,
    key_ring: KeyRing,
    targets: Sequence[str] | None = None,
    **options: Unpack[Options],
) -> Report:
    """Put values back into Odoo's own fields, in the clear. Arguments and exceptions are those of `encrypt`.

    A field that is declared with `plaintext="refuse"` is refused too: clients with this declaration would read nothing
    of it any more, and might save that.
    """
    subject = Subject(client, fields, key_ring, targets, options.get("fernet"))
    for target in subject.targets:
        if target.declaration.plaintext == "refuse":
            raise ParameterError(
                f"{target.name} is declared with plaintext='refuse', so clients would read nothing of it once it is in "
                "the clear: declare 'allow', give that to every client, then decrypt"
            )
    return await _run("decrypt", subject, options)


async def rotate(
    client: SecureZenooClient,
    fields: EncryptedFields,
    key_ring: KeyRing,
    targets: Sequence[str] | None = None,
    **options: Unpack[Options],
) -> Report:
    """Encrypt anew what another key than the primary one encrypted. As `encrypt`."""
    return await _run("rotate", Subject(client, fields, key_ring, targets, options.get("fernet")), options)


async def reindex(
    client: SecureZenooClient,
    fields: EncryptedFields,
    key_ring: KeyRing,
    targets: Sequence[str] | None = None,
    **options: Unpack[Options],
) -> Report:
    """Compute indexes that are missing, or were made by another normalizer, length or index key. As `encrypt`.

    Unless `targets` are given, all declared fields that have an index.
    """
    if targets is None:
        targets = [target.name for target in select(fields) if target.declaration.index]
    subject = Subject(client, fields, key_ring, targets, options.get("fernet"))
    without = [target.name for target in subject.targets if target.declaration.index is None]
    if without:
        raise ParameterError(f"{without[0]} has no index: declare it with Encrypted(index=...)")
    return await _run("reindex", subject, options)


def journal_path(operation: str, subject: Subject) -> Path:
    """Where the command line keeps the journal of an operation unless it is told."""
    return default_path(subject.identity(operation))


async def _run(operation: Operation, subject: Subject, options: Options) -> Report:
    dry_run = options.get("dry_run", False)
    caller = await identify(subject.client)
    await require_access(subject.client, subject.codecs, ["read"] if dry_run else ["read", "write"])
    await require_columns(subject.client, by_model(subject.targets))
    path = None if dry_run else options.get("journal")
    with open_journal(path, subject.identity(operation), restart=options.get("restart", False)) as journal:
        names = [target.name for target in subject.targets]
        user = principal_of(subject.client)
        emit("job.started", principal=user, operation=operation, field=names, dry_run=dry_run)
        try:
            return await _under_journal(operation, subject, caller, journal, options)
        except BaseException as error:
            reason = type(error).__name__
            emit("job.failed", principal=user, operation=operation, field=names, dry_run=dry_run, reason=reason)
            raise


async def _under_journal(
    operation: Operation, subject: Subject, caller: Caller, journal: Journal, options: Options
) -> Report:
    report, state = subject.report(operation), journal.state
    watch = Stopwatch(state.seconds, state.waited_s)
    state.fields = report.fields = state.fields or report.fields
    report.dry_run, report.resumed, report.warnings = options.get("dry_run", False), state.resumed, caller.warnings
    listener = options.get("progress")
    if not state.written:
        for model, codecs in subject.codecs.items():
            writer = None if report.dry_run else await CompareAndWrite.find(subject.client, model)
            targets = [codec.target for codec in codecs]
            scan = Scan(subject.client, caller, targets, tokens_only=operation == "rotate")
            run = ModelRun(
                operation=operation,
                codecs=codecs,
                scan=scan,
                compare_and_write=writer,
                journal=journal,
                stopwatch=watch,
                progress=Step(operation, listener),
            )
            await run()
        state.written = True
        journal.save()
    if options.get("verify", True) and not report.dry_run:
        await watch.waiting(survey(subject, caller, report, Step("verify", listener)))
    report.seconds, report.waited_s = watch.seconds, watch.waited_s
    journal.remove()
    _audit(report)
    return report


def _audit(report: Report) -> None:
    for name, field in report.fields.items():
        emit(
            "job.finished",
            level=logging.INFO if report.ok else logging.WARNING,
            operation=report.operation,
            database=report.database,
            field=name,
            dry_run=report.dry_run,
            rows=field.rows,
            left_or_wrong=sum(report.wrong(name).values()),
        )
