"""Input for any model of Odoo, checked by what Odoo itself says of its fields.

Contact = await model_for(client, "res.partner", fields=["name", "email", "country_id"], types={"email": Email})
contact = await Contact.checked(client, data_from_outside)
await client.create("res.partner", contact.to_odoo())
"""

from zenoo_security.records.kinds import KINDS
from zenoo_security.records.models import RecordInput, RpcClient, model_for

__all__ = ["KINDS", "RecordInput", "RpcClient", "model_for"]
