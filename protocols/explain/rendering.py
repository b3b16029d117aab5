"""The tree as text: offset, octets, and names with their meaning behind box lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from protocols.explain.node import Node

_SHOWN = 8
_HEX_WIDTH = 3 * _SHOWN + 1
_BLANK = " " * (8 + _HEX_WIDTH + 1)
_NARROWEST = 30
WIDTH = 120


@dataclass(frozen=True, slots=True)
class Style:
    """How the parts of a line are dressed; plain text by default."""

    octets: Callable[[str], str] = str
    lines: Callable[[str], str] = str
    name: Callable[[str], str] = str
    trouble: Callable[[str], str] = str


PLAIN = Style()
COLOURED = Style(
    octets=lambda text: f"\x1b[2m{text}\x1b[0m",
    lines=lambda text: f"\x1b[2m{text}\x1b[0m",
    name=lambda text: f"\x1b[1m{text}\x1b[0m",
    trouble=lambda text: f"\x1b[31m{text}\x1b[0m",
)


def render(node: Node, style: Style = PLAIN, width: int = WIDTH) -> str:
    """The tree below `node`, one line a node, wrapped at `width` characters, frames apart.

    The octets of a layer of its own are counted from its start, which its line says.
    """
    frames = ("\n".join(_lines(child, "", "", style, width)) for child in node.children)
    return "\n\n".join(frames)


def _lines(node: Node, lines: str, beneath: str, style: Style, width: int) -> Iterator[str]:
    """The line of the node behind `lines`, and everything below it behind `beneath`."""
    yield from _own_lines(node, lines, beneath, style, width)
    last = len(node.children) - 1
    for number, child in enumerate(node.children):
        joint, further = ("└─ ", "   ") if number == last else ("├─ ", "│  ")
        yield from _lines(child, beneath + joint, beneath + further, style, width)


def _own_lines(node: Node, lines: str, beneath: str, style: Style, width: int) -> Iterator[str]:
    shown = node.octets[:_SHOWN].hex(" ").upper() + (" …" if len(node.octets) > _SHOWN else "")
    place = f"{node.offset:>6}  {shown:<{_HEX_WIDTH}} " if node.octets else _BLANK
    name = f"✗ {node.name}" if node.trouble else node.name
    again = " (offsets from here)" if node.layer else ""
    text = f"{name}: {_printable(node.meaning)}{again}" if node.meaning else name + again
    first, *more = wrap(text, max(width - len(_BLANK + lines), _NARROWEST)) or [""]
    dressed = style.trouble(first) if node.trouble else style.name(name) + first.removeprefix(name)
    yield f"{style.octets(place)}{style.lines(lines)}{dressed}".rstrip()
    hang = beneath + ("│  " if node.children else "   ")
    for line in more:
        yield f"{_BLANK}{style.lines(hang)}{style.trouble(line) if node.trouble else line}"


def _printable(text: str) -> str:
    """Control characters of a meter's texts do not reach the terminal."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)
