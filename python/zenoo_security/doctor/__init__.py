"""Whether an installation works: its software, files, keys, store and Odoo.

Nothing but a new store is made, and Odoo is sent no credential.

What is unsafe about it is another question: `zenoo_security.checks` answers it.
"""

from zenoo_security.doctor.examination import examine
from zenoo_security.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
