"""General block transfer (Green Book 9.3.13): blocks in order, the whole APDU below the last one."""

from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor
from protocols.explain.pieces import Explainer

_LAST, _STREAMING, _WINDOW = 0x80, 0x40, 0x3F


def explain_general_block(cursor: Cursor, talk: Conversation, whole: Explainer) -> None:
    """Tag 224. A block out of order is named and left out; one without octets only acknowledges."""
    control = cursor.field("block control", 1, _control_words)
    number = cursor.field("block number", 2)
    cursor.field("acknowledged up to", 2)
    raw = cursor.text("octets of the block", lambda octets: f"{len(octets)} octets")
    cursor.node.meaning = f"block {number}" if raw else "acknowledgement only"
    if not raw:
        return
    last, expected = bool(control & _LAST), talk.next_block
    if number == 1:
        talk.forget(_KEY)
    elif number != expected:
        why = "came before" if number < expected else "does not follow: blocks between are missing"
        cursor.complain(f"block {number} {why}, {expected} is expected", "out of order")
        return
    talk.next_block = number + 1
    joined = talk.piece(_KEY, raw, last=last)
    if joined:
        talk.next_block = 1
        cursor.layer("all blocks", joined, "joined", lambda inner: whole(inner, talk), f"{len(joined)} octets")


def _control_words(control: int) -> str:
    words = ["last block" if control & _LAST else "more to come"]
    words += ["streaming"] if control & _STREAMING else []
    return ", ".join([*words, f"window {control & _WINDOW}"])


_KEY = "general block transfer"
