"""`ObjectLevelAuthManager`: may this user do this with these records?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from zenoo_security import validate
from zenoo_security.audit import emit
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError, PermissionDenied, RecordNotFound
from zenoo_security.objects.action import InstalledAction
from zenoo_security.objects.checks import Checks
from zenoo_security.objects.ids import checked_ids, pages
from zenoo_security.odoo_client import principal_of
from zenoo_security.principal import current_principal_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.odoo_client import Client

__all__ = ["OPERATIONS", "ObjectLevelAuthManager"]

OPERATIONS: Final = ("read", "write", "create", "unlink")

_MAX_TOLD: Final = 100
#: Enough to tell a thousand records apart, whichever of them are forbidden.
_MAX_QUESTIONS: Final = 2_000


class ObjectLevelAuthManager:
    """Tells what the user of a client may do with records, by Odoo's own access rights and record rules.

    A record is accessible if the user can find it, archived or not, Odoo allows the operation on it, and it matches
    what narrows the operation, where the client holds a policy. Nothing is remembered between two questions.

    Args:
        client: logged in as the user.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        found = getattr(client, "object_checks", None)
        self._checks = found if isinstance(found, Checks) else Checks(client.execute_kw, _action_of(client))

    async def check_object_access(self, username: str, model_name: str, record_id: int, operation: str) -> bool:
        """Tell whether a user may do this with one record; a record that is gone is one that they may not.

        Args:
            username: the login of the client's user, since it is that user whom Odoo checks.
            model_name: such as `res.partner`.
            record_id: of the record.
            operation: `read`, `write`, `create` or `unlink`.

        Raises:
            PermissionDenied: the user is somebody else than who is logged in, or than the principal.
            InvalidInput: the model or the id is none.
            ParameterError: there is no such operation.
            OdooUnavailable: Odoo is down; nothing is known.
        """
        question = self._question(model_name, [record_id], operation)
        question.require_user(username)
        return await question.missing() == []

    async def filter_accessible(self, model: str, ids: Sequence[int], operation: str) -> list[int]:
        """Return the ids of those records that the user may do this with, each once, in the order that they came in.

        Reading takes one request for 10,000 ids. Other operations take two where all are allowed; where some are not,
        about `2 * k * log2(n / k)` more for `k` of `n`.

        Args:
            model: such as `res.partner`.
            ids: up to 1,000,000.
            operation: `read`, `write`, `create` or `unlink`.

        Raises:
            InputTooLarge: too many ids; or over 1,000, of which so many are forbidden that 2,000 requests do not tell.
            PermissionDenied, InvalidInput, ParameterError, OdooUnavailable: as for `check_object_access`.
        """
        question = self._question(model, ids, operation)
        missing = set(await question.missing(sort_out=True))
        return [record_id for record_id in question.ids if record_id not in missing]

    async def require(self, model: str, ids: Sequence[int], operation: str, *, confirm_existence: bool = False) -> None:
        """Refuse unless the user may do this with all of the records.

        Args:
            model: such as `res.partner`.
            ids: one at least.
            operation: `read`, `write`, `create` or `unlink`.
            confirm_existence: tell records that are forbidden (`PermissionDenied`) from those that are gone.

        Raises:
            RecordNotFound: one of them is gone or forbidden; which of the two is not said.
            PermissionDenied, InvalidInput, InputTooLarge, ParameterError, OdooUnavailable: as for
                `check_object_access`.
        """
        question = self._question(model, ids, operation)
        if not question.ids:
            question.refuse_input(InvalidInput("one id at least", field="ids", code="empty"))
        missing = await question.missing()
        if missing and confirm_existence and await question.any_exists(missing):
            raise PermissionDenied(f"this user may not {operation} this record of {model}")
        if missing:
            raise RecordNotFound

    def _question(self, model: str, ids: Sequence[int], operation: str) -> _Question:
        return _Question(self.client, self._checks, model, ids, operation)


class _Question:
    """One call: who asks for what. What is refused is told to the audit log.

    Args:
        client: whose user asks.
        checks: asks Odoo.
        model: as the caller gave it, as the others.
        ids: of the records.
        operation: what is to be done with them.
    """

    def __init__(self, client: Client, checks: Checks, model: str, ids: Sequence[int], operation: str) -> None:
        if operation not in OPERATIONS:
            raise ParameterError(f"an operation is one of {', '.join(OPERATIONS)}")
        self._client = client
        self._checks = checks
        self._operation = operation
        self._who = (client.database, client.uid)
        self._questions = 0
        self._model = "(no model)"
        self._require_asker()
        try:
            self._model = validate.model_name(model, field="model")
            self.ids = checked_ids(ids)
        except InvalidInput as error:
            self.refuse_input(error)

    def require_user(self, username: object) -> None:
        """Refuse a user who is not the client's.

        Raises:
            PermissionDenied: it is somebody else.
        """
        if username != self._client.username:
            self._refuse_asker()

    async def missing(self, *, sort_out: bool = False) -> list[int]:
        """Return the ids of records that may not be accessed, or, unless they are sorted out, of a list with one."""
        allowed: set[int] = set()
        for page in pages(self.ids):
            allowed |= await self._accessible(page, sort_out=sort_out)
            self._require_asker()
        missing = [record_id for record_id in self.ids if record_id not in allowed]
        if missing:
            self._tell("record", missing)
        return missing

    async def any_exists(self, ids: list[int]) -> bool:
        """Whether there is one of the records at all."""
        for page in pages(ids):
            if await self._checks.any_exists(self._model, page):
                return True
        return False

    async def _accessible(self, ids: list[int], *, sort_out: bool) -> set[int]:
        if sort_out and len(ids) > 1 and self._operation != "read":
            told = await self._checks.accessible(self._model, ids, self._operation)
            if told is not None:
                return told
        found = await self._checks.find(self._model, ids, self._operation)
        visible = [record_id for record_id in ids if record_id in found]
        if self._operation == "read":
            return set(visible)
        # Also where none is visible: one that is gone takes as many requests as one that is forbidden.
        if await self._allows(visible):
            return set(visible)
        if not sort_out or len(visible) <= 1 or not await self._allows([]):
            return set()
        return await self._sorted_out(visible)

    async def _sorted_out(self, refused: list[int]) -> set[int]:
        """Return which of records that are not all allowed are, by asking for halves."""
        allowed: set[int] = set()
        open_ = [refused]
        while open_:
            ids = open_.pop()
            if len(ids) == 1:
                continue
            first, second = ids[: len(ids) // 2], ids[len(ids) // 2 :]
            if await self._allows(first):
                allowed.update(first)
                open_.append(second)  # Not both are allowed.
                continue
            open_.append(first)
            if await self._allows(second):
                allowed.update(second)
            else:
                open_.append(second)
        return allowed

    async def _allows(self, ids: list[int]) -> bool:
        self._questions += 1
        if self._questions > _MAX_QUESTIONS:
            self.refuse_input(
                InputTooLarge(
                    f"too many of these ids are forbidden: ask for {_MAX_QUESTIONS // 2} at once", field="ids"
                )
            )
        return await self._checks.allows(self._model, ids, self._operation)

    def _require_asker(self) -> None:
        """Refuse when nobody is logged in, somebody else than at the beginning, or somebody else than the principal."""
        principal = current_principal_or_none()
        who = (self._client.database, self._client.uid)
        if not who[0] or not who[1] or who != self._who or (principal and (principal.database, principal.uid) != who):
            self._refuse_asker()

    def _refuse_asker(self) -> NoReturn:
        self._tell("other_user", [])
        raise PermissionDenied(
            "this client is not logged in as the one who asks: use a client of theirs, and their login as username"
        )

    def refuse_input(self, error: InvalidInput) -> NoReturn:
        """Refuse ids or a model that are none.

        Raises:
            InvalidInput: always.
        """
        self._tell("bad_ids", [])
        raise error

    def _tell(self, reason: str, ids: list[int]) -> None:
        emit(
            "authz_fail",
            principal=current_principal_or_none() or principal_of(self._client),
            needs=f"{self._model}:{self._operation}",
            reason=reason,
            model=self._model,
            operation=self._operation,
            ids=ids[:_MAX_TOLD] or None,
        )


def _action_of(client: Client) -> InstalledAction:
    return InstalledAction(client.execute_kw, lambda: (client.database, client.uid))
