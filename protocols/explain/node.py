"""What an explanation is made of: a tree of pieces of octets, each with a name and a meaning in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """One piece of a frame.

    `offset` is where `octets` begin, counted from the start of their layer. A node with a `layer` begins a new one, of
    octets that do not stand in the frame as they are: deciphered or joined from segments. `trouble` marks what could
    not be understood; the meaning then says why.
    """

    name: str
    offset: int = 0
    octets: bytes = b""
    meaning: str = ""
    children: list["Node"] = field(default_factory=list)
    trouble: bool = False
    layer: str = ""

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of reading."""
        yield self
        for child in self.children:
            yield from child.walk()

    def to_dict(self) -> dict[str, object]:
        """The tree as JSON knows it; octets as hexadecimal digits, what is empty or false left out."""
        shown: dict[str, object] = {"name": self.name, "offset": self.offset, "octets": self.octets.hex()}
        if self.meaning:
            shown["meaning"] = self.meaning
        if self.layer:
            shown["layer"] = self.layer
        if self.trouble:
            shown["trouble"] = True
        if self.children:
            shown["children"] = [child.to_dict() for child in self.children]
        return shown
