"""The information field of FRMR: which control field was refused, the numbers then, and why (ISO/IEC 13239 5.5.3.4)."""

from enum import IntFlag

from protocols.hdlc.control import CONTROLS, Control


class Reason(IntFlag):
    """Bits W, X, Y, Z."""

    UNKNOWN_CONTROL = 1
    INFORMATION_NOT_ALLOWED = 2
    INFORMATION_TOO_LONG = 4
    IMPOSSIBLE_NUMBER = 8


_WORDS = {
    Reason.UNKNOWN_CONTROL: "its control field is unknown",
    Reason.INFORMATION_NOT_ALLOWED: "it may not carry information",
    Reason.INFORMATION_TOO_LONG: "its information is too long",
    Reason.IMPOSSIBLE_NUMBER: "it acknowledges what was not sent",
}


def rejection(refused: Control, send_number: int, expected: int, reason: Reason) -> bytes:
    """The information field a server sends; `expected` is its V(R). The C/R bit stays 0: a command was refused."""
    return bytes((refused.octet, send_number << 1 | expected << 5, reason))


def words(information: bytes) -> str:
    """What an FRMR says, for people."""
    if len(information) < 3:
        return "no reason given"
    reasons = [text for reason, text in _WORDS.items() if information[2] & reason]
    return f"{CONTROLS[information[0]]}, {' and '.join(reasons) or 'no reason given'}"
