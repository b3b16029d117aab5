"""Arbitrary and damaged octets: nothing is raised, nothing takes long, nothing is lost."""

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocols.explain import Keys, Node, explain, render
from protocols.explain.explaining import MAX_OCTETS
from tests.protocols import parties
from tests.protocols.explain.looking import KEYS
from tests.protocols.explain.test_carriers import GET, PUSH, general_block, hdlc, wrapped
from tests.protocols.explain.test_ciphered import PUBLISHED, general
from tests.protocols.explain.test_sessions import KNOWN, captured

FRAMES = [wrapped(GET), hdlc(b"\xe6\xe6\x00" + GET), general_block(1, GET, 0x81), bytes.fromhex(general(GET)), PUSH]


def checked(octets: bytes, keys: Keys = KEYS) -> Node:
    """The tree, after looking whether it covers the octets and can be printed."""
    tree = explain(octets, keys)
    assert b"".join(child.octets for child in tree.children) == octets
    check_places(tree, octets)
    assert render(tree).count("\n") >= len(tree.children) - 1
    return tree


def check_places(node: Node, layer: bytes) -> None:
    """Every node shows the octets that stand at its offset in its layer."""
    assert layer[node.offset : node.offset + len(node.octets)] == node.octets
    for child in node.children:
        check_places(child, child.octets if child.layer else layer)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
@example(bytes.fromhex("7EA0070321930F017E") * 2)
def test_any_octets(octets: bytes) -> None:
    checked(octets)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(range(1, 256))), st.binary(max_size=80))
def test_any_octets_behind_any_tag(tag: int, octets: bytes) -> None:
    checked(bytes((tag,)) + octets)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FRAMES), st.data())
def test_damaged_frames(frame: bytes, data: st.DataObject) -> None:
    octets = bytearray(frame)
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    checked(bytes(octets))


def test_a_damaged_session() -> None:
    octets = bytearray(captured(parties.ciphered()))
    chance = random.Random(7)
    for _ in range(60):
        octets[chance.randrange(len(octets))] = chance.randrange(256)
        checked(bytes(octets), KNOWN)


@pytest.mark.parametrize(
    "unit",
    ["7EA000", "7E", "68050568", "0001000100100001C0", "E6", "E0810001000004E0810002", "01", "0101", "C8", "60",
     "2F410D0A", "DB00", "13020100", "DF0000000000", "C003C1FF", "00", "E001000100000100"],
)  # fmt: skip
def test_a_flood_ends_soon(unit: str) -> None:
    """Each pattern long enough that anything quadratic would take minutes."""
    size = MAX_OCTETS // 8
    octets = (bytes.fromhex(unit) * size)[:size]
    begun = time.process_time()
    tree = explain(octets, KEYS)
    assert time.process_time() - begun < 20
    assert b"".join(child.octets for child in tree.children) == octets


def test_the_deepest_nesting_is_bounded() -> None:
    octets = bytes.fromhex(PUBLISHED)
    for _ in range(12):
        octets = b"\xdf\x00\x00\x00\x00\x00" + bytes((0x82,)) + len(octets).to_bytes(2, "big") + octets + b"\x00"
    said = [node.meaning for node in checked(octets).walk() if node.trouble]
    assert any("more than 8 APDUs inside each other" in why for why in said)
