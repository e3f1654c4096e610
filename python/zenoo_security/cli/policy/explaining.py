"""`policy explain`: which rule of a policy decides for somebody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.cli.policy.options import PolicyPath  # noqa: TC001 - typer reads the annotations
from zenoo_security.errors import PolicyError

if TYPE_CHECKING:
    from zenoo_security.policy import Policy, Rights

__all__ = ["explain"]


def explain(
    file: PolicyPath,
    permission: Annotated[str, typer.Argument(metavar="PERMISSION", help="Such as res.partner:write:phone.")],
    *,
    role: Annotated[list[str] | None, typer.Option("--role", metavar="ROLE", help="That they have; repeat it.")] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="ID", help="The external id of an Odoo group; repeat it.")
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Say whether somebody may do something by this policy, which rule decides, and what narrows it.

    Odoo's own rights come on top.
    """
    from zenoo_security.policy import Policy

    policy = Policy.from_file(file)
    for name in role or ():
        if name not in policy.roles:
            raise PolicyError(f"{file}: there is no role of the name that --role gives; see policy export")
    given = frozenset(role or ()) | policy.roles_of_groups(frozenset(group or ()))
    rights = policy.rights(given)
    decision = rights.decide(permission)
    effects = _effects(policy, rights, permission) if decision.allowed else {}
    if output is Format.JSON:
        document = {
            "permission": permission,
            "allowed": decision.allowed,
            "given": sorted(given),
            "roles": sorted(decision.roles),
            "rule": str(decision.rule) if decision.rule else None,
            "chain": list(decision.chain),
            "overrode": [str(rule) for rule in decision.overrode],
            "known": policy.knows(permission),
            **effects,
        }
        typer.echo(json.dumps(document, indent=2))
        return
    typer.echo(str(decision))
    for key, lines in effects.items():
        for line in lines:
            typer.echo(f"{key}: {line}")
    for name in group or ():
        if not policy.roles_of_groups(frozenset({name})):
            typer.echo(f"note: no role is given to the group {name}")
    if not policy.knows(permission):
        typer.echo("note: no rule names this permission, nor does `permissions`; is it mistyped?")


def _effects(policy: Policy, rights: Rights, permission: str) -> dict[str, list[Any]]:
    """What becomes of an operation that is allowed: fields that are denied or masked, records that are left out."""
    model, _, rest = permission.partition(":")
    operation, _, field = rest.partition(":")
    if not operation:
        return {}
    from zenoo_security.policy.permissions import named_only

    fields = rights.fields(model, operation)
    found: dict[str, list[Any]] = {}
    if not field and not fields.all:
        found["only fields"] = sorted(fields.named - fields.denied)
    if not field:
        unnamed = {name for name in named_only(model) if fields.all and not fields.allows(name)}
        found["without fields"] = sorted(fields.denied | unnamed)
    masked = policy.masks.get(model, {}) if operation == "read" else {}
    found["masked"] = [
        f"{name} as {style}"
        for name, style in masked.items()
        if field in {"", name} and not rights.allows(f"{model}:unmask:{name}")
    ]
    found["narrowed"] = [json.dumps(rule.domain) for rule in policy.narrowing(model, operation, rights.roles)]
    return {key: lines for key, lines in found.items() if lines}
