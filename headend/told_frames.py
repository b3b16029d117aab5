"""Kept frames for people: each with its instant, its direction, its octets and what they say."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate

from headend.recording import Recording
from protocols.explain import Keys, Node, explain, render

MOST_LINES = 300
"""A frame with a whole profile in it has a line for every value; the first ones tell what it is."""


@dataclass(frozen=True, slots=True)
class ToldFrame:
    """`at` is when its first octets passed; `lines` its explanation, of which `more` further lines are left out."""

    at: datetime
    sent: bool
    octets: str
    count: int
    name: str
    words: str
    trouble: bool
    lines: str
    more: int


def told(recording: Recording, keys: Keys | None = None) -> list[ToldFrame]:
    """The frames in their order. They are explained as one conversation, so that answers know their questions."""
    edges = list(accumulate((len(piece.octets) for piece in recording.pieces), initial=0))
    tree = explain(b"".join(piece.octets for piece in recording.pieces), keys or Keys())
    return [_told(node, recording, edges) for node in tree.children if node.octets]


def _told(node: Node, recording: Recording, edges: Sequence[int]) -> ToldFrame:
    piece = recording.pieces[bisect_right(edges, node.offset) - 1]
    lines = render(Node("", children=[_from_its_start(node)])).splitlines()
    return ToldFrame(
        at=datetime.fromtimestamp(piece.at, UTC),
        sent=piece.sent,
        octets=node.octets.hex(" ").upper(),
        count=len(node.octets),
        name=node.name,
        words=node.meaning,
        trouble=any(each.trouble for each in node.walk()),
        lines="\n".join(lines[:MOST_LINES]),
        more=max(len(lines) - MOST_LINES, 0),
    )


def _from_its_start(node: Node) -> Node:
    """The same with offsets that count from the start of the frame, up to where a layer has a count of its own."""
    return _moved(node, node.offset)


def _moved(node: Node, by: int) -> Node:
    if node.layer:
        return node
    return replace(node, offset=node.offset - by, children=[_moved(child, by) for child in node.children])
