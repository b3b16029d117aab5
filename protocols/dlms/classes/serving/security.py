"""Security setup of a meter (class 64, version 0): its policy, and new keys wrapped under the master key."""

from collections.abc import Callable, Sequence

from protocols.dlms.classes.security import KeyId, KeyTransfer, SecurityPolicy, SecuritySetup, SuiteId
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.obis import Obis
from protocols.dlms.security.wrapping import unwrap_key
from protocols.dlms.tags import ActionResult
from protocols.errors import RemoteProtocolError

SECURITY_SETUP = Obis.parse("0-0:43.0.0")
TakeKeys = Callable[[dict[KeyId, bytes]], ActionResult | None]


def security_setup(
    title: bytes,
    master: Callable[[], bytes],
    take_keys: TakeKeys,
    *,
    suite: SuiteId = SuiteId.AES_GCM_128,
    policy: SecurityPolicy = SecurityPolicy.NONE,
    on_policy: Callable[[SecurityPolicy], None] | None = None,
    obis: Obis = SECURITY_SETUP,
) -> ServerObject:
    """Class 64 of a meter with system title `title`.

    `take_keys` gets the unwrapped keys of one key_transfer, all or none: a key that does not unwrap under `master()`
    refuses the whole transfer. Keys are told in no attribute. The policy can be raised, never lowered.
    """

    def transfer(wrapped: Sequence[KeyTransfer]) -> ActionResult | None:
        try:
            keys = {KeyId(item.key_id): unwrap_key(master(), item.key_wrapped) for item in wrapped}
        except RemoteProtocolError:
            return ActionResult.OTHER_REASON
        return take_keys(keys) if keys else ActionResult.OTHER_REASON

    def activate(wanted: SecurityPolicy) -> ActionResult | None:
        if wanted not in frozenset(SecurityPolicy) or wanted & setup["security_policy"] != setup["security_policy"]:
            return ActionResult.OTHER_REASON
        setup["security_policy"] = wanted
        if on_policy is not None:
            on_policy(wanted)
        return None

    setup = ServerObject(
        SecuritySetup,
        obis,
        {
            "security_policy": policy,
            "security_suite": suite,
            "client_system_title": b"",
            "server_system_title": title,
        },
        actions={"security_activate": activate, "key_transfer": transfer},
    )
    return setup
