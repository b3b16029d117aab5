"""Pushes under keys that were sent to a device and are not known to be in use yet: headend.md §4 row 7.

What opens with a NEW key proves that the device goes by it. The transaction that stores the message makes it the active
key, before any answer is made, so the answer goes under it, too.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

from devices.keystore import KeyStateError, activate
from devices.models import DeviceKey
from headend.listener.messages import Read, Sender
from protocols.errors import Cause

log = logging.getLogger(__name__)

REFUSALS = frozenset((Cause.WRONG_KEY, Cause.WRONG_AUTHENTICATION_KEY, Cause.ALTERED))
"""What a message under another key looks like."""
WHY = "the device pushed under the new keys"
_EK, _AK = DeviceKey.Kind.ENCRYPTION, DeviceKey.Kind.AUTHENTICATION
_ATTEMPTS: tuple[tuple[str, ...], ...] = ((_EK, _AK), (_EK,), (_AK,))
"""All first, as a roll that went well leaves them; the device may have taken one only."""


def with_new_keys(sender: Sender) -> Iterator[Sender]:
    """The sender as it would be with its NEW keys, each combination of those that protect messages."""
    new = sender.known.new_keys
    for kinds in _ATTEMPTS:
        if all(kind in new and kind in sender.new_versions for kind in kinds):
            keys = dict(sender.keys) | {kind: new[kind] for kind in kinds}
            versions = dict(sender.versions) | {kind: sender.new_versions[kind] for kind in kinds}
            yield replace(sender, known=replace(sender.known, keys=keys), versions=versions, proven=kinds)


def activate_proven(reads: Iterable[Read]) -> None:
    """Make the NEW keys that these messages were opened with the active ones. For the transaction that stores them."""
    proven = {each.sender.known.device.pk: each.sender for each in reads if each.sender.proven}
    for _, sender in sorted(proven.items()):
        try:
            activate(device=sender.known.device.spoken_to, kinds=sender.proven, why=WHY)
        except KeyStateError as error:
            log.info("keys a push was opened with are dealt with already: %s", error)
