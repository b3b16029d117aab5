"""Every APDU the library can send is explained to its last octet, and every octet stands in the tree once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.cosem import Attribute
from protocols.dlms.encoding import octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.services.get import GetBlock, GetListRequest, GetNext, GetRequest, LastGetBlock, encode_results
from protocols.dlms.services.writing import LastSetBlock, SetBlock, SetFirstBlock
from protocols.dlms.tags import DataAccessResult
from protocols.explain import Node, explain
from tests.protocols.every_event import EVENTS
from tests.protocols.test_apdus import APDUS as LOGICAL
from tests.protocols.test_short_names_apdus import APDUS as SHORT

APDUS = LOGICAL | SHORT
CLOCK = Attribute(8, Obis.parse("0-0:1.0.0"), 2)
TEXT = octet_string(b"a text in three blocks")


def troubles(tree: Node) -> list[Node]:
    """Everything not understood, but for what blocks hold: their octets are made up here."""
    return [node for node in _outside_blocks(tree) if node.trouble and "blocks before" not in node.meaning]


def _outside_blocks(tree: Node) -> list[Node]:
    found = [tree]
    for child in tree.children:
        found += _outside_blocks(child) if child.name != "all blocks" else []
    return found


def leaves(tree: Node) -> bytes:
    """The octets of all leaves of the first layer, in order."""
    if not tree.children or all(child.layer for child in tree.children):
        return tree.octets
    return b"".join(leaves(child) for child in tree.children if not child.layer)


@pytest.mark.parametrize("name", APDUS)
@settings(max_examples=40)
@given(data=st.data())
def test_every_apdu_is_understood(name: str, data: st.DataObject) -> None:
    octets = data.draw(APDUS[name]).encode()
    tree = explain(octets)
    assert troubles(tree) == []
    assert len(tree.children) == 1


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_cut_says_where(event: Any) -> None:
    octets = event.encode()
    for size in range(1, len(octets)):
        tree = explain(octets[:size])
        assert tree.octets == octets[:size]
        assert any(node.trouble for node in tree.walk()) or _is_whole(octets[:size])


def _is_whole(octets: bytes) -> bool:
    """A cut APDU may be another one, or data."""
    return explain(octets).children[0].octets == octets


def test_an_answer_names_its_question_and_blocks_are_joined() -> None:
    asked = GetRequest(CLOCK).encode() + GetNext(1).encode()
    first, second = GetBlock(1, TEXT[:8]).encode(), LastGetBlock(2, TEXT[8:]).encode()
    tree = explain(asked[:13] + first + asked[13:] + second)
    request, block, following, last = tree.children
    assert request.meaning == "0-0:1.0.0 (clock) attribute 2 time"
    assert block.meaning == last.meaning == "to 0-0:1.0.0 (clock) attribute 2 time"
    assert following.children[-1].meaning == "1"
    (whole,) = (node for node in last.walk() if node.layer)
    assert whole.octets == TEXT
    assert whole.children[0].meaning == '"a text in three blocks"'


def test_blocks_of_a_list_hold_results() -> None:
    results = encode_results((TEXT, DataAccessResult.OBJECT_UNDEFINED))
    octets = GetListRequest(((CLOCK, None), (CLOCK, None))).encode()
    octets += GetBlock(1, results[:9]).encode() + LastGetBlock(2, results[9:]).encode()
    (listed,) = (node for node in explain(octets).walk() if node.name == "results")
    assert [child.meaning for child in listed.children][-1] == "4: object undefined"


def test_an_answer_that_breaks_off_gives_its_reason() -> None:
    octets = GetBlock(1, TEXT[:8]).encode() + LastGetBlock(2, DataAccessResult.LONG_GET_ABORTED).encode()
    tree = explain(octets + LastGetBlock(2, TEXT[8:]).encode())
    assert "15: long get aborted" in [node.meaning for node in tree.walk()]
    assert "the blocks before this one" in tree.children[-1].children[-1].meaning


def test_a_long_write_is_joined() -> None:
    parts = SetFirstBlock(CLOCK, TEXT[:5]), SetBlock(2, TEXT[5:9]), LastSetBlock(3, TEXT[9:])
    (whole,) = (node for node in explain(b"".join(part.encode() for part in parts)).walk() if node.layer)
    assert whole.octets == TEXT


@settings(max_examples=60)
@given(octets=st.sampled_from(EVENTS).map(lambda event: event.encode()))
def test_leaves_are_the_octets(octets: bytes) -> None:
    """Nothing is shown twice and nothing is left out, but for counts and tags of groups, which their group shows."""
    shown = leaves(explain(octets))
    assert len(shown) <= len(octets)
    it = iter(octets)
    assert all(octet in it for octet in shown)
