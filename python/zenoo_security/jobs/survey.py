"""Looks at every record and writes none: `status`, `verify`, and the verification pass after a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.jobs import finding
from zenoo_security.jobs.caller import chatter, identify, require_access, require_columns
from zenoo_security.jobs.codec import place_of
from zenoo_security.jobs.progress import Step
from zenoo_security.jobs.report import Found
from zenoo_security.jobs.scan import Scan
from zenoo_security.jobs.stopwatch import Stopwatch
from zenoo_security.jobs.subject import Subject
from zenoo_security.jobs.targets import by_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.jobs.caller import Caller
    from zenoo_security.jobs.codec import Codec
    from zenoo_security.jobs.progress import OnProgress
    from zenoo_security.jobs.report import Report
    from zenoo_security.jobs.scan import Row
    from zenoo_security.keyring import KeyRing

__all__ = ["status", "survey", "verify"]


async def status(
    client: SecureZenooClient,
    fields: EncryptedFields,
    key_ring: KeyRing,
    targets: Sequence[str] | None = None,
    *,
    progress: OnProgress | None = None,
) -> Report:
    """Count what the records hold: `report.fields["MODEL.FIELD"].found`. What is found is never wrong.

    Args:
        client: logged in as the user under whose rights it reads; made without `encrypted_fields`.
        fields: the declaration.
        key_ring: the keys.
        targets: as `MODEL.FIELD`; all declared fields unless given.
        progress: told after each page.

    Raises:
        ConfigurationError: `zenoo-security fields create` has not been run.
        OdooUnavailable: Odoo is down or slow.
        PermissionDenied: the user may not read a model.
        ParameterError: a field is not declared.
    """
    return await _look("status", Subject(client, fields, key_ring, targets), progress)


async def verify(
    client: SecureZenooClient,
    fields: EncryptedFields,
    key_ring: KeyRing,
    targets: Sequence[str] | None = None,
    *,
    progress: OnProgress | None = None,
) -> Report:
    """Check that every token opens, that the indexes are right, and that nothing is in the clear. As `status`."""
    return await _look("verify", Subject(client, fields, key_ring, targets), progress)


async def survey(subject: Subject, caller: Caller, report: Report, progress: Step) -> None:
    """Put into the report what the records hold."""
    for codecs in subject.codecs.values():
        founds = await _survey_model(subject, caller, codecs, progress)
        for found, codec in zip(founds, codecs, strict=True):
            target = codec.target
            found.chatter = await chatter(subject.client, target)
            report.fields[target.name].found = found
            if found.chatter:
                report.warnings.append(f"Odoo's chatter keeps {found.chatter} values of {target.name} in the clear")


async def _look(operation: str, subject: Subject, progress: OnProgress | None) -> Report:
    report, watch = subject.report(operation), Stopwatch()
    caller = await identify(subject.client)
    await require_access(subject.client, subject.codecs, ["read"])
    await require_columns(subject.client, by_model(subject.targets))
    report.warnings += caller.warnings
    await watch.waiting(survey(subject, caller, report, Step(operation, progress)))
    report.seconds, report.waited_s = watch.seconds, watch.waited_s
    return report


async def _survey_model(subject: Subject, caller: Caller, codecs: Sequence[Codec], progress: Step) -> list[Found]:
    founds = [Found() for _ in codecs]
    scan = Scan(subject.client, caller, [codec.target for codec in codecs])
    total, done = await scan.count(), 0

    def look(page: list[Row]) -> int:
        for row in page:
            place = place_of(row)
            for found, codec in zip(founds, codecs, strict=True):
                finding.count(found, codec, codec.cell(row, place))
        return len(page)

    async for rows in scan.pages(look):
        done += rows
        progress.reached(codecs[0].target.model, done, total)
    return founds
