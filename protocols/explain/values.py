"""One value on one line: for lists of many."""

from protocols.explain.cursor import Cursor
from protocols.explain.data import explain_all_data
from protocols.explain.node import Node

_SHOWN = 12


def value_words(octets: bytes) -> str:
    """COSEM data in words; of arrays and structures the first elements. Never raises: trouble is part of the words."""
    root = Node("")
    Cursor(octets, root).fenced(len(octets), explain_all_data)
    return " ".join(_words(node) for node in root.children)


def _words(node: Node) -> str:
    if node.trouble:
        return f"{node.name}: {node.meaning}"
    if not node.children:
        return node.meaning or ("null" if node.octets == b"\x00" else node.name)
    if node.meaning and not node.meaning.endswith(("element", "elements")):
        return node.meaning
    shown = ", ".join(_words(child) for child in node.children[:_SHOWN])
    more = f", … {len(node.children) - _SHOWN} more" if len(node.children) > _SHOWN else ""
    return f"[{shown}{more}]" if node.name == "array" else f"{{{shown}{more}}}"
