"""What is wrong with an answer: a refusal in words, a message of another kind, or none at all."""

import re

from protocols.errors import Cause, RemoteProtocolError, garbage
from protocols.iec62056_21.blocks import Command, Message, Sign

_REFUSAL = re.compile(r"[^()]*\((ER[^()]{0,30})\)\s*")
"""`(ERxx)` or `(ERROR)`, behind an address or without one."""


def checked_answer(text: str, question: str) -> str:
    """The text itself. RemoteProtocolError (REFUSED) when it is the meter's word for no."""
    found = _REFUSAL.fullmatch(text)
    if found is not None:
        raise RemoteProtocolError(Cause.REFUSED, f"the meter answers {found[1]} to {question}")
    return text


def is_echo(message: Message, said: bytes) -> bool:
    """Whether a line of two wires gives back what was said; a meter never answers ACK with ACK."""
    if message is Sign.ACKNOWLEDGED:
        return said.startswith(message.encode())
    return isinstance(message, Command) and message.encode() == said


def silence(heard: bool) -> RemoteProtocolError:
    """Why a conversation ends after all tries: GARBAGE where something was heard, else NO_ANSWER."""
    if heard:
        return garbage("what the meter sends is no message of IEC 62056-21")
    return RemoteProtocolError(Cause.NO_ANSWER, "the meter does not answer")


def unexpected(message: Message, wanted: str) -> RemoteProtocolError:
    """CONNECTION_CUT when the meter has ended the conversation, else UNEXPECTED."""
    if isinstance(message, Command) and message.code.startswith("B"):
        return RemoteProtocolError(Cause.CONNECTION_CUT, f"the meter breaks off instead of {wanted}")
    return RemoteProtocolError(Cause.UNEXPECTED, f"{_shown(message)} came instead of {wanted}")


def _shown(message: Message) -> str:
    said = str(message)
    return said if len(said) < 80 else f"{said[:80]}…"
