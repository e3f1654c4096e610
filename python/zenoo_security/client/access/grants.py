"""What one user may do at this moment, and how somebody is refused."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from zenoo_security.audit import emit
from zenoo_security.client.access.contexts import names_show_more
from zenoo_security.client.access.derived import source_of
from zenoo_security.client.domains import join
from zenoo_security.client.refused import ids_among
from zenoo_security.errors import PermissionDenied, PolicyError, RecordNotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from zenoo_security.client.access.protocol import Find
    from zenoo_security.client.access.schema import Schema, Schemas
    from zenoo_security.policy import Facts, FieldRights, Policy, Rights
    from zenoo_security.principal import Principal

__all__ = ["Grants", "is_name"]

_NAME: Final = re.compile(r"[a-z_][a-z0-9_.]{0,127}")


class Grants:
    """The rights of one user together with what it takes to apply them.

    Args:
        principal: the user of the client.
        rights: what the user's roles give.
        policy: has masks and narrowing domains.
        facts: what narrowing domains are filled with.
        schemas: the fields of models.
        owners: for each model with encrypted fields, the field that each helper column belongs to.
        find: gives the ids of the records that match a domain, as Odoo tells the user.
    """

    def __init__(
        self,
        principal: Principal,
        rights: Rights,
        *,
        policy: Policy,
        facts: Facts,
        schemas: Schemas,
        owners: Mapping[str, Mapping[str, str]],
        find: Find,
    ) -> None:
        self.principal = principal
        self.rights = rights
        self.facts = facts
        self.policy = policy
        self._schemas = schemas
        self._owners = owners
        self.search = find
        #: The keys of the context in which names of records show more.
        self.shown: frozenset[str] = frozenset()
        self._computed: dict[tuple[str, str], tuple[Schema, str | None]] = {}
        self._narrowing: dict[tuple[str, str], list[Any]] = {}
        self._keeps_something = bool(policy.masks) or not all(rule.allow for rule in rights.rules)

    async def schema(self, model: str) -> Schema:
        """The fields of a model."""
        return await self._schemas.of(model)

    async def refused_fields(self, model: str) -> frozenset[str]:
        """The fields that Odoo tells of and does not let the user read."""
        return await self._schemas.refused(model)

    async def known_refused(self, model: str) -> frozenset[str]:
        """Those of them that are known by now, without a request."""
        return self._schemas.known_refused(model, await self.schema(model))

    def under(self, context: object) -> Grants:
        """The same for calls with a context in which names of records show more."""
        keys = names_show_more(context) - self.shown
        if not keys:
            return self
        same = copy.copy(self)
        same.shown = self.shown | keys
        return same

    def owner(self, model: str, field: str) -> str:
        """The field that is asked for: that of a helper column, or itself."""
        return self._owners.get(model, {}).get(field, field)

    def fields(self, model: str, operation: str) -> FieldRights:
        """The rights to the fields of a model."""
        return self.rights.fields(model, operation)

    def may(self, model: str, operation: str, field: str, *, named_only: bool = False) -> bool:
        """Whether a field may be touched; `named_only` as for `FieldRights.allows`."""
        return self.fields(model, operation).allows(self.owner(model, field), named_only=named_only)

    async def computed_from(self, model: str, field: str) -> str | None:
        """The field that is kept from this user and that Odoo computes another one from, which no rule names."""
        if field in self.fields(model, "read").named or not self._keeps_something:
            return None
        schema = await self.schema(model)
        known, found = self._computed.get((model, field), (None, None))
        if known is not schema:
            found = await self.source_of(model, schema[field].depends if field in schema else ())
            self._computed[model, field] = schema, found
        return found

    async def source_of(self, model: str, paths: Iterable[str]) -> str | None:
        """The first of the paths that something is computed from which leads to a field that is kept."""
        if not self._keeps_something:
            return None
        return await source_of(model, paths, schema_of=self.schema, is_kept=self.keeps)

    async def narrowed_by(self, model: str, field: str) -> str | None:
        """The narrowed model that a field shows a field of, which it is related to and no rule names."""
        schema = await self.schema(model)
        if field not in schema or not schema[field].related or field in self.fields(model, "read").named:
            return None
        for step in schema[field].related.split(".")[:-1]:
            found = (await self.schema(model)).get(step)
            if found is None or not found.relation:
                return None
            model = found.relation
            if self.narrowing(model, "read"):
                return model
        return None

    def keeps(self, model: str, field: str) -> bool:
        """Whether a rule keeps a field from the user by name: it is denied or masked."""
        return field in self.fields(model, "read").denied or self.style(model, field) is not None

    def reads_everything(self, model: str) -> bool:
        """Whether no field of a model can be kept from the user, nor shown masked."""
        return self.fields(model, "read").all and not self._keeps_something

    def style(self, model: str, field: str) -> str | None:
        """How a field is masked for this user, or None where it is shown in full."""
        owner = self.owner(model, field)
        style = self.policy.masks.get(model, {}).get(owner)
        return None if style is None or self._allows(f"{model}:unmask:{owner}") else style

    def narrowing(self, model: str, operation: str) -> list[Any]:
        """The domain that records must match beside all that Odoo asks; empty where there is none."""
        key = model, operation
        if key not in self._narrowing:
            rules = self.policy.narrowing(model, operation, self.rights.roles)
            self._narrowing[key] = join("&", [rule.fill(self.facts) for rule in rules])
        return self._narrowing[key]

    def require(self, model: str, operation: str, ids: object = ()) -> None:
        """Refuse what the user may not do with the model at all.

        Raises:
            PermissionDenied: it is not allowed for one field at least.
        """
        if not self._allows(f"{model}:{operation}"):
            self.refuse(
                model, operation, "no_right", f"this user may not do this: {_text(model)}:{_text(operation)}", ids=ids
            )

    def refuse_field(
        self, model: str, operation: str, field: object, purpose: str, *, masked: bool = False
    ) -> NoReturn:
        """Refuse a call because of one field.

        Args:
            model: that the field belongs to.
            operation: `read`, `write` or `create`.
            field: its name, as the caller gave it.
            purpose: what the call would do to it, such as `filter by`.
            masked: it may be read, but not in full.
        """
        named = f"{_text(model)}:{'unmask' if masked else operation}:{_text(field)}"
        text = f"this user may not {purpose} {_text(field)} of {_text(model)}{', which is masked' if masked else ''}"
        self.refuse(model, operation, "masked" if masked else "no_right", f"{text}: it needs {named}", field=field)

    def refuse(
        self, model: str, operation: str, reason: str, text: str, *, field: object = None, ids: object = ()
    ) -> NoReturn:
        """Refuse a call, and tell the audit log.

        Raises:
            PermissionDenied: always.
        """
        self._emit(model, operation, reason, field, ids)
        raise PermissionDenied(text)

    def refuse_records(self, model: str, operation: str, ids: Collection[int]) -> NoReturn:
        """Refuse a call because of records that are gone or that the user may not touch; which of both is not said.

        Raises:
            RecordNotFound: always.
        """
        self._emit(model, operation, "record", None, ids)
        raise RecordNotFound

    def _emit(self, model: str, operation: str, reason: str, field: object, ids: object) -> None:
        needs = ":".join(map(_text, filter(None, (model, operation, field))))
        emit(
            "authz_fail",
            principal=self.principal,
            needs=needs,
            reason=reason,
            model=_text(model),
            operation=_text(operation),
            field=None if field is None else _text(field),
            ids=ids_among(ids) or None,
        )

    def _allows(self, permission: str) -> bool:
        try:
            return self.rights.allows(permission)
        except PolicyError:  # it is no permission, so nobody has it
            return False


def is_name(name: object) -> bool:
    """Whether something may be the name of a model, a method, a field or a path."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _text(name: object) -> str:
    """A name as it may stand in messages: what is none could be a value."""
    return str(name) if is_name(name) else "(no name)"
