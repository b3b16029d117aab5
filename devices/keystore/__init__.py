"""Keys at rest: every key is sealed with AES-256-GCM under the master key.

master     the master keys           sealing   secrets sealed and opened
rows       keys in and out of rows   versions  NEW, ACTIVE, EXPIRED, WITHDRAWN
resealing  another master key      transport  keys that factory files are wrapped under
counters   how much of them is used          columns  where secrets are sealed
"""

from devices.keystore.errors import KeyStateError, KeyStoreError
from devices.keystore.rows import active_keys, next_counter, open_key, open_keys, sealed_row, store_key, usable_keys
from devices.keystore.versions import activate, discard_new, store_new, withdraw

__all__ = [
    "KeyStateError", "KeyStoreError", "activate", "active_keys", "discard_new", "next_counter", "open_key", "open_keys",
    "sealed_row", "store_key", "store_new", "usable_keys", "withdraw",
]  # fmt: skip
