"""Looking into explanations."""

from protocols.explain import Keys, Node, explain, read_hex

EK = bytes(range(16))
AK = bytes(range(0xD0, 0xE0))
METER = bytes.fromhex("4D4D4D0000BC614E")
CLIENT = bytes.fromhex("4D4D4D0000000001")
KEYS = Keys(EK, AK, titles=(METER,))


def of(text: str, keys: Keys = KEYS) -> Node:
    """The tree of octets written in hexadecimal."""
    return explain(read_hex(text), keys)


def meaning(tree: Node, name: str) -> str:
    """What the first node of a name means."""
    return next(node.meaning for node in tree.walk() if node.name == name)


def complaints(tree: Node) -> list[str]:
    """Names and meanings of everything not understood."""
    return [f"{node.name}: {node.meaning}" for node in tree.walk() if node.trouble]
