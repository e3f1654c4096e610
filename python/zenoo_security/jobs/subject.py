"""What a job works on: the declared fields of one Odoo database, with the keys."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zenoo_security.jobs.codec import Codec
from zenoo_security.jobs.report import FieldReport, Report
from zenoo_security.jobs.targets import by_model, select
from zenoo_security.keys.check_values import check_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.fernet import FernetReader
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.jobs.targets import Target
    from zenoo_security.keyring import KeyRing

__all__ = ["Subject"]


@dataclass(frozen=True)
class Subject:
    """What a job works on.

    Attributes:
        client: logged in as the user under whose rights the job works; made without `encrypted_fields`.
        fields: the declaration.
        key_ring: the keys.
        names: as `MODEL.FIELD`; all that are declared when None.
        fernet: opens what the guide encrypted; None for the keys of the environment.

    Raises:
        ParameterError: a name is not declared.
    """

    client: SecureZenooClient
    fields: EncryptedFields
    key_ring: KeyRing
    names: Sequence[str] | None = None
    fernet: FernetReader | None = None

    @cached_property
    def targets(self) -> list[Target]:
        """The fields."""
        return select(self.fields, self.names)

    @cached_property
    def codecs(self) -> dict[str, list[Codec]]:
        """Model -> what treats each of its fields."""
        return {
            model: [Codec(target, self.key_ring, database=self.database, fernet=self.fernet) for target in targets]
            for model, targets in by_model(self.targets).items()
        }

    @property
    def host(self) -> str:
        """The address of the Odoo."""
        return f"{self.client.protocol}://{self.client.host}:{self.client.port}"

    @property
    def database(self) -> str:
        """The name of its database."""
        return self.client.database or ""

    def report(self, operation: str) -> Report:
        """A report in which nothing is counted yet."""
        fields = {target.name: FieldReport() for target in self.targets}
        return Report(operation, self.host, self.database, self.key_ring.primary_id, fields=fields)

    def identity(self, operation: str) -> dict[str, Any]:
        """What the journal of an operation is bound to."""
        return {
            "operation": operation,
            "host": self.host,
            "database": self.database,
            "fields": {target.name: asdict(target.declaration) for target in self.targets},
            "keys": {str(key_id): state for key_id, state in self.key_ring.states.items()},
            # Another ring can have the same ids: half of the records would be encrypted with each.
            "check_values": {str(key_id): value for key_id, value in check_values(self.key_ring).items()},
        }
