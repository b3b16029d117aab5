"""The security policy of a security setup object (class 64, Blue Book 4.4.7) in terms of what protects messages."""

from protocols.dlms.keys import Security
from protocols.errors import Cause, RemoteProtocolError

_OF_REQUESTS, _OF_ANSWERS = 2, 5
_EACH = (Security.AUTHENTICATED, Security.ENCRYPTED, Security.SIGNED)
_VERSION_0 = (Security.NONE, Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH)


def required_by(policy: int, version: int = 1) -> tuple[Security, Security]:
    """The least protection of requests and of answers.

    Version 0 of the class counts 0 to 3 and asks the same of both; version 1 has bits 2 to 4 for requests
    (authenticated, encrypted, signed) and 5 to 7 for answers.
    RemoteProtocolError (GARBAGE) for a policy that is not defined.
    """
    if not 0 <= policy <= 0xFF or (version == 0 and policy >= len(_VERSION_0)):
        raise RemoteProtocolError(Cause.GARBAGE, f"security policy {policy} is not defined")
    if version == 0:
        return _VERSION_0[policy], _VERSION_0[policy]
    return _bits(policy >> _OF_REQUESTS), _bits(policy >> _OF_ANSWERS)


def policy_of(requests: Security, answers: Security) -> int:
    """The policy octet of version 1 that asks for this protection."""
    return sum(
        1 << (first + number)
        for first, wanted in ((_OF_REQUESTS, requests), (_OF_ANSWERS, answers))
        for number, one in enumerate(_EACH)
        if wanted & one
    )


def _bits(bits: int) -> Security:
    found = Security.NONE
    for number, one in enumerate(_EACH):
        if bits >> number & 1:
            found |= one
    return found
