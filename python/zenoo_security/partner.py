"""Partners from outside: a model that cannot hold bad data, and the call that creates one in Odoo.

    >>> from zenoo_security import SecurePartnerInput
    >>> data = {"name": "O'Brien & Söhne", "email": "info@Example.COM", "vat": "DE 123456789"}
    >>> partner = SecurePartnerInput.parse(data)
    >>> partner.to_odoo()
    {'name': "O'Brien & Söhne", 'email': 'info@example.com', 'vat': 'DE123456789'}

Text is stored as it is and encoded where it goes out: nothing here escapes HTML.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import core_schema

from zenoo_security import validate
from zenoo_security.audit import validating
from zenoo_security.errors import InvalidFields, InvalidInput
from zenoo_security.model_errors import field_errors, mapping
from zenoo_security.types import Email, Language, Line, PersonName, Phone, RecordId, Vat, Website

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler
    from typing_extensions import Self

__all__ = ["PartnerClient", "SecurePartnerInput", "create_partner_secure"]


def _natively(data: object, fields: core_schema.ValidatorFunctionWrapHandler) -> Any:
    """All fields in one native call. What it refuses goes to the types of the fields, which tell pydantic why."""
    try:
        given = validate.partner(data)
    except InvalidInput:
        return fields(data)
    return _NOTHING | given, None, set(given)


class SecurePartnerInput(BaseModel):
    """What someone outside may say about a partner (`res.partner` of Odoo 19), in its normal form.

    Fields that Odoo 19 lacks (`mobile`), that grant something (`user_id`, `company_id`, `parent_id`, `active`, ...) or
    that hold HTML (`comment`) are not accepted. `parse` tells every problem as an error of this package; the
    constructor raises pydantic's `ValidationError`, whose text holds no input but whose `errors()` does.
    """

    # A partner that is given for a partner is looked at anew: `model_construct` builds one without looking.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, revalidate_instances="always")

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    website: Website | None = None
    vat: Vat | None = None
    company_registry: Line | None = None
    company_name: PersonName | None = None
    is_company: Annotated[bool, Field(strict=True)] | None = None
    type: Literal["contact", "invoice", "delivery", "other"] | None = None
    function: Line | None = None
    street: Line | None = None
    street2: Line | None = None
    zip: Line | None = None
    city: Line | None = None
    state_id: RecordId | None = None
    country_id: RecordId | None = None
    lang: Language | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> Any:
        schema = handler(source)
        # A subclass has fields and validators that the native function does not know.
        if cls.__bases__ == (BaseModel,):
            model: Any = handler.resolve_ref_schema(schema)
            model["schema"] = core_schema.no_info_wrap_validator_function(_natively, model["schema"])
        return schema

    @classmethod
    def parse(
        cls,
        data: Mapping[str, object],
        *,
        country_code: object = None,
        check_digits: bool = False,
        numbering_plan: bool = False,
    ) -> Self:
        """The partner that `data` describes.

        Args:
            data: from outside.
            country_code: the two letters of the partner's country, which the application knows from `country_id`. When
                given, VAT number and phone number must belong to it, and may be written as one writes them there
                (`validate.partner_agreement`).
            check_digits: with `country_code`: look at the check digits of the VAT number (extra `stdnum`).
            numbering_plan: with `country_code`: the phone number must be in the numbering plan (extra `phone`).

        Raises:
            InvalidFields: one or more fields are not accepted; `errors` has field, code and message of each.
            InvalidInput: `data` is no mapping (code `type`).
            InputTooLarge: `data` has more than 64 keys (code `too_many_fields`).
            MissingExtra: what was asked for needs an extra that is not installed.
        """
        values, problems = mapping(data), []
        if country_code is not None:
            agree = partial(validate.partner_agreement, check_digits=check_digits, numbering_plan=numbering_plan)
            try:
                values |= agree(country_code=country_code, vat=values.get("vat"), phone=values.get("phone"))
            except InvalidFields as error:
                problems = list(error.errors)
        told = {problem.field for problem in problems}
        try:
            partner = cls.model_validate({name: value for name, value in values.items() if name not in told})
        except ValidationError as error:
            problems += field_errors(error)
        else:
            if not problems:
                return partner
        # Outside the handler: pydantic's error holds the input, and would come along as the context of ours.
        raise InvalidFields(problems)

    def to_odoo(self) -> dict[str, Any]:
        """The values for `create` and `write`: the fields that were given, without those that are None."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


_NOTHING: Final = dict.fromkeys(SecurePartnerInput.model_fields)


class PartnerClient(Protocol):
    """Whatever can create a record: zenoo-rpc's `ZenooClient`, `SecureZenooClient`, a fake in a test."""

    async def create(self, model: str, values: dict[str, Any], /) -> int:
        """Create a record of `model` and return its id."""
        ...


async def create_partner_secure(
    client: PartnerClient,
    partner_data: Mapping[str, object] | SecurePartnerInput,
    *,
    country_code: object = None,
    check_digits: bool = False,
    numbering_plan: bool = False,
) -> int:
    """Validate a partner, then create it in Odoo under the client's own rights. The audit log hears what is refused.

    Args:
        client: makes the call.
        partner_data: raw input, or a `SecurePartnerInput`. The latter is validated anew, by its own class:
            `model_construct` and `model_copy` build one without looking.
        country_code: as `SecurePartnerInput.parse` has it.
        check_digits: the same.
        numbering_plan: the same.

    Returns:
        The id of the new partner.

    Raises:
        InvalidFields: the data is not accepted; nothing was sent.
        InvalidInput: it is no mapping at all, or has too many keys.
    """
    kind = SecurePartnerInput
    if isinstance(partner_data, SecurePartnerInput):
        kind, partner_data = type(partner_data), partner_data.to_odoo()
    with validating("partner"):
        partner = kind.parse(
            partner_data, country_code=country_code, check_digits=check_digits, numbering_plan=numbering_plan
        )
    return await client.create("res.partner", partner.to_odoo())
