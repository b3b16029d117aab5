"""A walk over octets that hangs a node into the tree for every piece it passes.

What cannot be read raises `Stop` at the octet in question. `part` is the fence: it ends the piece whose size is known,
says there what went wrong, and the walk goes on behind it. So one broken field costs no more than its own piece.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from protocols.dlms.axdr import decode_length
from protocols.errors import ProtocolError
from protocols.explain.node import Node

_LONGEST_LENGTH = 5


class Stop(Exception):  # noqa: N818 - the end of a walk, not an error of the library: it never leaves the package
    """The octet at the place of the cursor does not fit; the text says why."""


class Cursor:
    """Reads `octets` and builds the tree under `root`."""

    def __init__(self, octets: bytes, root: Node) -> None:
        self.octets = octets
        self.at = 0
        self.end = len(octets)
        self.node = root

    @property
    def left(self) -> int:
        """Octets between here and the end of the part."""
        return self.end - self.at

    def peek(self, size: int = 1) -> bytes:
        """The next octets, fewer at the end; the cursor stays."""
        return self.octets[self.at : min(self.at + size, self.end)]

    def take(self, size: int) -> bytes:
        """The next octets, without a node of their own."""
        if size > self.left:
            raise Stop(f"{size} octets are expected here, {self.left} are left")
        self.at += size
        return self.octets[self.at - size : self.at]

    def skip(self) -> None:
        """Pass over what is left of the part."""
        self.at = self.end

    def number(self, size: int) -> int:
        """The next octets as an unsigned number, without a node."""
        return int.from_bytes(self.take(size), "big")

    def length(self) -> int:
        """An A-XDR or BER length, without a node."""
        try:
            value, size = decode_length(self.peek(_LONGEST_LENGTH), 0)
        except ProtocolError as error:
            raise Stop(str(error)) from None
        self.at += size
        return value

    def string(self) -> bytes:
        """A length and so many octets, without a node."""
        return self.take(self.length())

    def leaf(self, name: str, since: int, meaning: str = "", *, trouble: bool = False) -> Node:
        """Hang a node of the octets from `since` to here."""
        node = Node(name, since, self.octets[since : self.at], meaning, trouble=trouble)
        self.node.children.append(node)
        return node

    def field(self, name: str, size: int, words: Callable[[int], str] = str) -> int:
        """A number with its node."""
        since = self.at
        value = self.number(size)
        self.leaf(name, since, words(value))
        return value

    def text(self, name: str, words: Callable[[bytes], str] = bytes.hex) -> bytes:
        """A string with its length, and its node."""
        since = self.at
        value = self.string()
        self.leaf(name, since, words(value) if value else "empty")
        return value

    @contextmanager
    def group(self, name: str, meaning: str = "") -> Iterator[Node]:
        """Everything passed inside hangs under one new node, also when the walk stops there."""
        outer, since = self.node, self.at
        self.node = node = Node(name, since, meaning=meaning)
        outer.children.append(node)
        try:
            yield node
        finally:
            node.octets = self.octets[since : self.at]
            self.node = outer

    def part(self, name: str, size: int, explain: Callable[["Cursor"], None], meaning: str = "") -> Node:
        """A piece of `size` octets with a node of its own; what is wrong inside stays inside."""
        missing = size - self.left
        with self.group(name, meaning) as node:
            self.fenced(min(size, self.left), explain)
            if missing > 0:
                self.complain(f"cut: {missing} of {size} octets are missing")
        return node

    def fenced(self, size: int, explain: Callable[["Cursor"], None]) -> None:
        """`explain` the next `size` octets; afterwards the cursor stands behind them, whatever happened."""
        outer, self.end = self.end, self.at + size
        node = self.node
        try:
            explain(self)
        except Stop as stop:
            self.rest(str(stop))
        else:
            self.rest("left over: nothing is expected here")
        finally:
            self.at, self.end, self.node = self.end, outer, node

    def rest(self, why: str) -> None:
        """Everything up to the end of the part, which could not be understood."""
        since, self.at = self.at, self.end
        if since < self.end or not why.startswith("left over"):
            self.leaf("not understood", since, f"at octet {since}: {why}", trouble=True)

    def complain(self, why: str, name: str = "attention") -> None:
        """A node without octets that says what is wrong here."""
        self.leaf(name, self.at, why, trouble=True)

    def layer(self, name: str, octets: bytes, layer: str, explain: Callable[["Cursor"], None], meaning: str) -> None:
        """Octets that were made of those here; their offsets begin at 0."""
        node = Node(name, 0, octets, meaning, layer=layer)
        self.node.children.append(node)
        Cursor(octets, node).fenced(len(octets), explain)
