"""What sessions brought home goes to the store: many devices in one transaction, items ended in the same one."""

from headend.storing.outcome import Outcome
from headend.storing.transaction import store_outcomes

__all__ = ["Outcome", "store_outcomes"]
