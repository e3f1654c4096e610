"""What a policy names that an Odoo does not have: models, fields, groups, and the paths of domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.policy.findings import Finding, patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.policy.policy import Policy

__all__ = ["Catalog", "CatalogField", "missing_models", "unknown", "wild_fields"]

_CONDITION = 3
_DATES = frozenset({"date", "datetime"})


class CatalogField(NamedTuple):
    """A field of a model: its type, and the model that a relation leads to."""

    type: str
    relation: str


@dataclass(frozen=True)
class Catalog:
    """What an Odoo has.

    Attributes:
        models: the names of all.
        fields: of the models that the policy names and that its domains lead to.
        field_names: those of `wild_fields` that some model has.
        groups: the external ids of all.
    """

    models: frozenset[str]
    fields: Mapping[str, Mapping[str, CatalogField]]
    field_names: frozenset[str]
    groups: frozenset[str]


def wild_fields(policy: Policy) -> frozenset[str]:
    """The fields of rules for several models."""
    found = (pattern for _, pattern in patterns(policy) if "*" in pattern.subject)
    return frozenset(pattern.field for pattern in found) - {"", "*"}


def missing_models(policy: Policy, fields: Mapping[str, Mapping[str, CatalogField]]) -> set[str]:
    """The models whose fields have to be known, and are not among those that are."""
    named = {pattern.subject for _, pattern in patterns(policy) if pattern.operation and "*" not in pattern.subject}
    named.update(policy.masks, (rule.model for rule in policy.narrow))
    for rule in policy.narrow:
        for model, path in _paths(rule.model, rule.domain):
            named.update(step for step, _ in _walk(fields, model, path))
    return named - set(fields)


def unknown(policy: Policy, catalog: Catalog) -> list[Finding]:
    """What the policy names and the Odoo does not have."""
    return [*_rules(policy, catalog), *_groups(policy, catalog), *_masks(policy, catalog), *_narrow(policy, catalog)]


def _rules(policy: Policy, catalog: Catalog) -> Iterator[Finding]:
    for place, pattern in patterns(policy):
        if not pattern.operation:
            continue
        if pattern.subject.endswith(".*"):
            if not any(model.startswith(pattern.subject[:-1]) for model in catalog.models):
                yield Finding("error", "unknown-model", place, f"no model begins with {pattern.subject[:-1]}")
        elif pattern.subject != "*":
            yield from _named(place, pattern.subject, pattern.field, catalog)
        if "*" in pattern.subject and pattern.field not in {"", "*"} | catalog.field_names:
            yield Finding("error", "unknown-field", place, f"no model has a field {pattern.field}")


def _groups(policy: Policy, catalog: Catalog) -> Iterator[Finding]:
    for name, role in policy.roles.items():
        for number, group in enumerate(role.groups):
            if group not in catalog.groups:
                yield Finding("error", "unknown-group", f"roles.{name}.groups[{number}]", f"there is no group {group}")


def _masks(policy: Policy, catalog: Catalog) -> Iterator[Finding]:
    for model, fields in policy.masks.items():
        for field in fields:
            yield from _named(f"masks.{model}.{field}", model, field, catalog)


def _narrow(policy: Policy, catalog: Catalog) -> Iterator[Finding]:
    for number, rule in enumerate(policy.narrow):
        found = list(_named(f"narrow[{number}].model", rule.model, "", catalog))
        yield from found
        for model, path in () if found else _paths(rule.model, rule.domain):
            for step, field in _walk(catalog.fields, model, path):
                if field and field not in catalog.fields.get(step, ()):
                    text = f"the path {path} ends at {step}, which has no field {field}"
                    yield Finding("error", "unknown-path", f"narrow[{number}].domain", text)


def _named(place: str, model: str, field: str, catalog: Catalog) -> Iterator[Finding]:
    if model not in catalog.models:
        yield Finding("error", "unknown-model", place, f"there is no model {model}")
    elif field not in {"", "*"} and field not in catalog.fields.get(model, ()):
        yield Finding("error", "unknown-field", place, f"the model {model} has no field {field}")


def _paths(model: str, domain: Any) -> Iterator[tuple[str, str]]:
    """The paths of a domain, each with the model where it begins; those of `any` follow that of their condition."""
    for term in domain:
        if not isinstance(term, (list, tuple)) or len(term) != _CONDITION or not isinstance(term[0], str):
            continue
        path, operator, value = term
        yield model, path
        if operator in {"any", "not any", "any!", "not any!"}:
            for _, inner in _paths(model, value):
                yield model, f"{path}.{inner}"


def _walk(fields: Mapping[str, Mapping[str, CatalogField]], model: str, path: str) -> Iterator[tuple[str, str]]:
    """The steps of a path, each a model and its field, as far as they are known."""
    for name in path.split("."):
        yield model, name
        field = fields.get(model, {}).get(name)
        # The rest is a part of a date, a property, or nothing that is known.
        if field is None or field.type in _DATES or field.type == "properties":
            return
        if not field.relation:
            model = f"{model}.{name}"
            continue
        model = field.relation
