"""Captured sessions between our own client and meter: every frame is explained, ciphered and not."""

from collections.abc import Callable

import pytest

from protocols.dlms.connection import ClientSettings
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import associate, converse, get, get_list, invoke, put, release
from protocols.dlms.objects import read_clock, read_layout, read_profile
from protocols.dlms.tags import Mechanism
from protocols.explain import Keys, explain
from tests.protocols import parties
from tests.protocols.explain.looking import complaints

ACCESSES = {"public": lambda: parties.PUBLIC, **parties.ACCESSES}
KNOWN = Keys(parties.KEYS.encryption, parties.KEYS.authentication)


def captured(access: tuple[int, ClientSettings]) -> bytes:
    """The octets of both sides, as a sniffer would have seen them."""
    connection, session = parties.connect(access), parties.Meter(max_pdu=300).session()
    seen: list[bytes] = []

    def transfer(octets: bytes) -> bytes:
        answer = session.handle(octets)
        seen.extend((octets, answer))
        return answer

    converse(associate(connection), transfer)
    converse(read_clock(connection), transfer)
    registers = [Attribute(3, parties.ENERGY, 2), Attribute(3, parties.ENERGY, 3), Attribute(1, parties.TEXT, 2)]
    converse(get_list(connection, registers), transfer)
    layout = converse(read_layout(connection, parties.PROFILE), transfer) if access[0] != 16 else None
    if layout:
        converse(read_profile(connection, layout), transfer)
    converse(put(connection, Attribute(1, parties.TEXT, 2), octet_string(bytes(500))), transfer)
    converse(invoke(connection, Method(70, parties.RELAY, 1)), transfer)
    converse(get(connection, Attribute(3, parties.ENERGY, 9)), transfer)
    converse(release(connection), transfer)
    return b"".join(seen)


@pytest.mark.parametrize("access", ACCESSES.values(), ids=list(ACCESSES))
def test_every_frame_is_explained(access: Callable[[], tuple[int, ClientSettings]]) -> None:
    octets = captured(access())
    tree = explain(octets, KNOWN)
    assert complaints(tree) == []
    assert b"".join(frame.octets for frame in tree.children) == octets
    names = [node.name for node in tree.walk()]
    assert {"AARQ", "AARE", "get-request", "get-response", "set-request", "action-response", "RLRQ"} <= set(names)


def test_titles_come_from_the_association() -> None:
    """Without it the same frames cannot be deciphered: their titles stand nowhere else."""
    octets = captured(parties.ciphered())
    frames = explain(octets, KNOWN).children
    later = b"".join(frame.octets for frame in frames[4:])
    assert any("--title" in said for said in complaints(explain(later, KNOWN)))


def test_a_mechanism_and_its_refusal() -> None:
    connection = parties.connect((parties.LLS_CLIENT, ClientSettings(Mechanism.LLS, password=b"wrong")))
    request = connection.send(connection.association_request())
    answer = parties.Meter().session().handle(request)
    meanings = [node.meaning for node in explain(request + answer).walk()]
    assert "LLS (2.16.756.5.8.2.1)" in meanings
    assert "13: authentication failure, says the service user" in meanings
