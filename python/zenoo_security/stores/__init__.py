"""Where the state lives that all workers must see: attempts, sessions, used codes, second factors."""

from zenoo_security.stores.attempts import Backoff, Counter, Outcome
from zenoo_security.stores.opening import open_store
from zenoo_security.stores.protocol import Store, Taken
from zenoo_security.stores.quota import Quota

__all__ = ["Backoff", "Counter", "Outcome", "Quota", "Store", "Taken", "open_store"]
