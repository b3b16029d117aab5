"""The whole of an explanation: frames one after the other, each told by its head."""

import re

from protocols.explain.carriers import explain_frame
from protocols.explain.context import Conversation, Keys
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.data import explain_data
from protocols.explain.node import Node

MAX_OCTETS = 1 << 18
"""More is cut off: a person reads this."""
_HEADS = re.compile(rb"\x7e[\xa0-\xaf]|\x68(.)\1\x68|\x00\x01..\x00.|/[ -~]", re.DOTALL)
NO_KEYS = Keys()


def explain(octets: bytes, keys: Keys = NO_KEYS) -> Node:
    """The tree of everything in `octets`: frames in a row, or one APDU, or data alone. Never raises.

    What is not understood is a node with `trouble` that says where and why. Titles, dedicated keys, segments and
    questions of earlier frames serve the later ones. Beyond 262,144 octets the rest is left out and said so.
    """
    shown = octets[:MAX_OCTETS]
    root = Node("capture", 0, shown)
    cursor, talk = Cursor(shown, root), Conversation(keys)
    while cursor.left:
        _explain_next(cursor, talk)
    count = len(root.children)
    root.meaning = f"{len(shown)} octets{f', {count} pieces' if count > 1 else ''}"
    if len(octets) > MAX_OCTETS:
        cursor.complain(f"{len(octets) - MAX_OCTETS} further octets are left out", "too long")
    if not octets:
        cursor.complain("there are no octets", "nothing")
    return root


def _explain_next(cursor: Cursor, talk: Conversation) -> None:
    """One frame or APDU; what cannot be told is passed over up to where the next frame seems to begin."""
    since, node = cursor.at, cursor.node
    known = len(node.children)
    try:
        explain_frame(cursor, talk)
    except Stop as stop:
        cursor.node = node
        if since == 0 and _is_data(cursor, known):
            return
        _pass_over(cursor, since, str(stop))


def _is_data(cursor: Cursor, known: int) -> bool:
    """Whether the octets are one value and nothing else; then its tree takes the place of what was tried before."""
    trial = Cursor(cursor.octets, Node(""))
    try:
        explain_data(trial)
    except Stop:
        return False
    if trial.left:
        return False
    cursor.node.children[known:] = trial.node.children
    cursor.at = cursor.end
    return True


def _pass_over(cursor: Cursor, begun: int, why: str) -> None:
    """Hang what is between here and the next head into the tree as not understood."""
    since = cursor.at
    head = _HEADS.search(cursor.octets, max(since, begun + 1))
    cursor.at = head.start() if head else cursor.end
    cursor.leaf("not understood", since, f"at octet {since}: {why}", trouble=True)
