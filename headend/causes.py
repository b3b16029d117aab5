"""Why a session failed: a code for programs, plain words for people, and what the system does about it.

Codes of the protocol libraries (`protocols.errors.Cause`) are used as they are; those below are the head-end's own.
"""

from dataclasses import dataclass
from decimal import Decimal

from protocols.errors import Cause as ProtocolCause

NO_ADDRESS = "no_address"
NO_KEYS = "no_keys"
KEYS_SEALED = "keys_sealed"
KEYS_CHANGED = "keys_changed"
UNREACHABLE = "unreachable"
CONNECTION_REFUSED = "connection_refused"
NO_ANSWER = "no_answer"
TOO_LONG = "too_long"
WORKER_LOST = "worker_lost"
DATABASE_AWAY = "database_away"
STORE_REFUSED = "store_refused"
UNSUPPORTED_MODEL = "unsupported_model"
COUNTER_JUMP = "counter_jump"
LAYOUT_UNKNOWN = "layout_unknown"
EXPIRED = "expired"
CANCELLED = "cancelled"
INTERNAL = "internal"


DEFAULT_FACTOR = Decimal(2)
DEFAULT_LONGEST_S = 900
DEFAULT_JITTER_PERCENT = 20


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how soon a cause is worth another try.

    `attempts` counts the first one too. The wait after it is `wait_s` seconds, every further one `factor` times as
    long, none longer than `longest_s`; each is spread by `jitter_percent` either way.
    """

    attempts: int = 3
    wait_s: int = 30
    factor: Decimal = DEFAULT_FACTOR
    longest_s: int = DEFAULT_LONGEST_S
    jitter_percent: int = DEFAULT_JITTER_PERCENT

    def __str__(self) -> str:
        if self.attempts == 1:
            return "not tried again"
        return f"{self.attempts} tries, first wait {self.wait_s} s, times {self.factor.normalize():f}"

    def wait_after(self, attempt: int) -> int | None:
        """Seconds until the next try after attempt number `attempt` (from 1), or None when it is not worth one."""
        if attempt >= self.attempts:
            return None
        wait_s: Decimal = self.wait_s * self.factor ** (attempt - 1)
        return int(min(wait_s, Decimal(self.longest_s)))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a cause means, and how often it is tried again where a utility has no rule of its own for it."""

    text: str
    advice: str
    attempts: int = 3
    wait_s: int = 30

    @property
    def policy(self) -> RetryPolicy:
        return RetryPolicy(self.attempts, self.wait_s)

    def wait_after(self, attempt: int) -> int | None:
        """As `RetryPolicy.wait_after`."""
        return self.policy.wait_after(attempt)


_LINE = "Check power, coverage and the address of the device."
_KEYS = "Compare the keys with the shipment file of the device."

# A lost worker says nothing of the device: there are more tries for it than for anything a device may have, so that
# where workers die one after the other the item still ends with what is wrong with the device. There is an end to
# them because it may be this very session that kills.
RULES: dict[str, Rule] = {
    NO_ADDRESS: Rule("The device has no address", "Enter its host and port.", attempts=1),
    NO_KEYS: Rule("The keys of the device are not in the key store", "Load its shipment file.", attempts=1),
    KEYS_SEALED: Rule("The master key does not open the keys of the device", "Check which master key is set.", 2, 300),
    KEYS_CHANGED: Rule("The keys were changed during the session", "Nothing to do: the device is read again.", 3, 30),
    UNREACHABLE: Rule("The address cannot be reached", _LINE),
    CONNECTION_REFUSED: Rule("The device refuses connections", _LINE),
    NO_ANSWER: Rule("The device does not answer", _LINE),
    TOO_LONG: Rule("The session took too long", "Check the line: the device answers, but far too slowly.", 2, 300),
    DATABASE_AWAY: Rule("The database was away during the session", "Nothing to do: the device is read again.", 5, 5),
    WORKER_LOST: Rule("The process that read the device ended", "Nothing to do: the device is read again.", 10, 0),
    STORE_REFUSED: Rule("The values could not be stored", "See the detail; report it if it repeats.", 2, 60),
    UNSUPPORTED_MODEL: Rule("The model of the device has no description", "Add the description file.", attempts=1),
    COUNTER_JUMP: Rule(
        "The device asks for an invocation counter far above ours",
        "Suspicious: check what device answers there; if it is right, run raise_counter.",
        attempts=1,
    ),
    LAYOUT_UNKNOWN: Rule(
        "Nobody has told what the pushed values are", "Read the device once, or describe its model.", attempts=1
    ),
    EXPIRED: Rule("Not done before the job expired", "Retry, or give the job more time.", attempts=1),
    CANCELLED: Rule("Cancelled by a user", "", attempts=1),
    INTERNAL: Rule("An error in the head-end itself", "Report it with the action id.", 2, 60),
    ProtocolCause.CONNECTION_CUT.value: Rule("The connection was cut", _LINE, 4, 10),
    ProtocolCause.GARBAGE.value: Rule("The device answered garbage", "Check the line; then the device model."),
    ProtocolCause.ALTERED.value: Rule("A message was altered on its way", "Check the line and what lies between."),
    ProtocolCause.TOO_LARGE.value: Rule("The device sent more than was agreed", "Check the device model."),
    ProtocolCause.UNEXPECTED.value: Rule(
        "The device answered something else than was asked", "Check the device model."
    ),
    ProtocolCause.UNSUPPORTED.value: Rule("The device does not support what was asked", "Check the device model.", 1),
    ProtocolCause.REJECTED_CONNECTION.value: Rule(
        "The device refused the link", "Check its link address, or its address at the concentrator.", 3, 120
    ),
    ProtocolCause.REJECTED_ASSOCIATION.value: Rule("The device refused the association", "See the detail.", 3, 120),
    ProtocolCause.AUTHENTICATION_FAILED.value: Rule("Authentication failed", _KEYS, 2, 60),
    ProtocolCause.UNPROTECTED.value: Rule("The device answered without protection", "Check its security setup.", 2, 60),
    ProtocolCause.WRONG_KEY.value: Rule("The encryption key is wrong", _KEYS, 2, 60),
    ProtocolCause.WRONG_AUTHENTICATION_KEY.value: Rule("The authentication key is wrong", _KEYS, 2, 60),
    ProtocolCause.WRONG_COUNTER.value: Rule(
        "The invocation counter was refused", "It is fetched again and retried.", 3, 1
    ),
    ProtocolCause.WRONG_TITLE.value: Rule(
        "The system title is not the one on file", "Check what device hangs there.", 2, 60
    ),
    ProtocolCause.REPLAY.value: Rule(
        "The device repeated an old invocation counter", "Suspicious: check the line.", 2, 60
    ),
    ProtocolCause.COUNTER_EXHAUSTED.value: Rule("The invocation counter is used up", "Roll the keys of the device.", 1),
    ProtocolCause.RESERVATION_USED_UP.value: Rule(
        "The session needed more invocation counters than were reserved", "Nothing to do: the rest is read next.", 3, 1
    ),
    ProtocolCause.BLOCK_LOST.value: Rule("A block of the answer was lost", _LINE, 4, 10),
    ProtocolCause.ACCESS_DENIED.value: Rule("The device denies access to the object", "Check the association.", 1),
    ProtocolCause.OBJECT_UNDEFINED.value: Rule("The device does not have the object", "Check the device model.", 1),
    ProtocolCause.REFUSED.value: Rule("The device refused the request", "See the detail.", 3, 60),
    ProtocolCause.CLOCK_UNSPECIFIED.value: Rule(
        "The device gave a time with unspecified fields", "Set its clock.", 2, 60
    ),
    ProtocolCause.INVALID_VALUE.value: Rule("A value is outside what the protocol can carry", "Check the settings.", 1),
}

_UNKNOWN = Rule("Unknown cause", "See the detail.")


def rule(cause: str) -> Rule:
    """The rule of a cause; every code that ever stood in the database gets one."""
    return RULES.get(cause, _UNKNOWN)


class SessionError(Exception):
    """A session could not go on for a reason of the head-end or of the line."""

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(detail or rule(cause).text)
        self.cause = cause
