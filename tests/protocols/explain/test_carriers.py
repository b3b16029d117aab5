"""Frames of all kinds, whole, cut, damaged, in segments and with noise between."""

import pytest

from protocols.dlms.cosem import Attribute
from protocols.dlms.encoding import octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.services.get import GetRequest
from protocols.dlms.services.notification import DataNotification
from protocols.explain import Keys, Node, explain
from protocols.hdlc.address import Address
from protocols.hdlc.control import Kind, control
from protocols.hdlc.frame import Frame
from protocols.mbus import MbusFraming
from protocols.mbus.frame import MbusFrame
from tests.protocols.explain.looking import complaints, meaning, of
from tests.protocols.mbus import published

GET = GetRequest(Attribute(8, Obis.parse("0-0:1.0.0"), 2)).encode()
CLOCK = "0-0:1.0.0 (clock) attribute 2 time"
PUSH = DataNotification(octet_string(b"x" * 600)).encode()
SNRM = "7EA00703 21930F017E"


def wrapped(apdu: bytes) -> bytes:
    return bytes((0, 1, 0, 16, 0, 1)) + len(apdu).to_bytes(2, "big") + apdu


def hdlc(information: bytes, *, segmented: bool = False, kind: Kind = Kind.I) -> bytes:
    server = Address.of_server(1, 17)
    return Frame(server, Address.of_client(16), control(kind, poll=True), information, segmented).encode()


def names(tree: Node) -> list[str]:
    return [node.name for node in tree.children]


def test_wrapper_frames_in_a_row() -> None:
    tree = explain(wrapped(GET) * 3)
    assert names(tree) == ["wrapper frame"] * 3
    assert meaning(tree, "source wPort") == "16 (public client)"
    assert meaning(tree, "get-request") == CLOCK
    assert [frame.offset for frame in tree.children] == [0, 21, 42]
    assert complaints(tree) == []


def test_a_cut_wrapper_frame() -> None:
    tree = explain(wrapped(GET)[:-4])
    assert "cut: 4 of 13 octets are missing" in " ".join(complaints(tree))


def test_hdlc_set_up() -> None:
    tree = of(SNRM)
    assert meaning(tree, "HDLC frame") == "SNRM P/F from 16 to 1, 7 octets"
    assert meaning(tree, "FCS") == "right"
    assert complaints(tree) == []


def test_hdlc_link_parameters() -> None:
    tree = explain(hdlc(bytes.fromhex("818012050180060180070400000001080400000007") + b"\x63\x01\x05", kind=Kind.UA))
    assert meaning(tree, "largest information field sent") == "128"
    assert meaning(tree, "window received") == "7"
    assert meaning(tree, "parameter 99") == "5"
    assert "link parameters begin with 81 80" in " ".join(complaints(explain(hdlc(b"abc", kind=Kind.UA))))


def test_hdlc_information_with_its_llc() -> None:
    tree = explain(hdlc(b"\xe6\xe6\x00" + GET))
    assert meaning(tree, "LLC") == "request, from the client"
    assert meaning(tree, "destination") == "1/17 (logical device 1, physical 17)"
    assert meaning(tree, "get-request") == CLOCK
    assert complaints(tree) == []
    assert complaints(explain(hdlc(GET)))[0].startswith("LLC: the LLC octets")
    assert complaints(explain(hdlc(b"\x00\x01", kind=Kind.FRMR))) == []


def test_hdlc_segments_are_joined_below_the_last() -> None:
    message = b"\xe6\xe7\x00" + PUSH
    parts = [message[:120], message[120:240], message[240:]]
    octets = b"".join(hdlc(part, segmented=part is not parts[2]) for part in parts)
    tree = explain(octets.replace(b"~~", b"~"))
    (whole,) = (node for node in tree.walk() if node.layer)
    assert (whole.octets, whole.layer) == (message, "joined")
    assert meaning(tree, "data-notification") == ""
    assert names(tree) == ["HDLC frame"] * 3
    assert complaints(tree) == []


def test_damaged_checks_are_named_and_due_ones_given() -> None:
    octets = bytearray(hdlc(b"\xe6\xe6\x00" + GET))
    octets[-2] ^= 1
    assert "FCS: wrong" in complaints(explain(bytes(octets)))[0]
    octets = bytearray(hdlc(b"\xe6\xe6\x00" + GET))
    octets[8] ^= 1
    assert "HCS: wrong" in complaints(explain(bytes(octets)))[0]


def test_a_cut_hdlc_frame_and_a_bad_address() -> None:
    assert "octets are missing" in " ".join(complaints(explain(hdlc(b"\xe6\xe6\x00" + GET)[:-5])))
    assert "more than four octets" in " ".join(complaints(of("7EA00A 0000000000 2193 0F01 7E")))
    assert "an address is cut" in " ".join(complaints(of("7EA007 0000")))


def test_m_bus_segments_are_joined() -> None:
    octets = MbusFraming(1, 103).frame(PUSH)
    tree = explain(octets)
    assert names(tree) == ["M-Bus long frame"] * 3
    assert meaning(tree, "destination access point") == "103"
    (whole,) = (node for node in tree.walk() if node.layer)
    assert whole.octets == PUSH
    assert complaints(tree) == []


def test_m_bus_troubles() -> None:
    one = MbusFraming(1, 103).frame(GET)
    assert meaning(explain(one), "get-request") == CLOCK
    assert "checksum: wrong" in " ".join(complaints(explain(one[:-2] + b"\x00\x16")))
    assert "stop: wrong" in " ".join(complaints(explain(one[:-1] + b"\x17")))
    assert "missing" in " ".join(complaints(explain(one[:-3])))
    late = MbusFrame(GET, 1, True, 1, 103).encode()
    assert "the segments before this one" in " ".join(complaints(explain(late)))
    assert "does not carry DLMS" in " ".join(complaints(of("68 05 05 68 08 01 72 11 22 AE 16")))


def test_a_gateway_prefix() -> None:
    tree = explain(wrapped(b"\xe6\x00\x02\x12\x34" + GET))
    assert meaning(tree, "gateway prefix") == "to device 12 34 of network 0"
    assert meaning(tree, "get-request") == CLOCK
    answer = explain(b"\xe7\x05\x00\xc4\x01\xc1\x00\x00")
    assert meaning(answer, "gateway prefix") == "from device without address of network 5"


def test_naked_messages_with_llc() -> None:
    assert meaning(explain(b"\xe6\xe7\x00" + GET), "LLC") == "response"


@pytest.mark.parametrize(
    ("line", "name", "said"),
    [
        ("/?!", "IEC 62056-21 request", "asks any device to identify itself"),
        ("/?12345!", "IEC 62056-21 request", "asks 12345 to identify itself"),
        ("/LGZ5\\2ZMD1234", "IEC 62056-21 identification", "manufacturer LGZ, speed 5, ZMD1234, offers HDLC (mode E)"),
        ("/ISk5MT174-0001", "IEC 62056-21 identification", "manufacturer ISk, speed 5, MT174-0001"),
        ("\x06252", "IEC 62056-21 option", "speed 5, HDLC, mode E"),
        ("\x06059", "IEC 62056-21 option", "speed 5, not defined"),
    ],
)
def test_sign_on_lines(line: str, name: str, said: str) -> None:
    tree = explain(line.encode() + b"\r\n" + bytes.fromhex(SNRM))
    assert meaning(tree, name) == said
    assert names(tree)[-1] == "HDLC frame"


def general_block(number: int, octets: bytes, control: int = 0x01) -> bytes:
    head = bytes((0xE0, control)) + number.to_bytes(2, "big") + b"\x00\x00"
    return head + bytes((len(octets),)) + octets


def test_general_blocks_are_joined() -> None:
    octets = general_block(1, GET[:5], 0x42) + general_block(2, GET[5:], 0xC2)
    tree = explain(octets)
    assert meaning(tree, "block control") == "more to come, streaming, window 2"
    assert meaning(tree, "get-request") == CLOCK
    assert complaints(tree) == []
    assert meaning(explain(general_block(0, b"")), "general-block-transfer") == "acknowledgement only"


def test_general_blocks_out_of_order() -> None:
    tree = explain(general_block(1, GET[:5]) + general_block(3, GET[5:]) + general_block(1, GET, 0x81))
    assert complaints(tree) == ["out of order: block 3 does not follow: blocks between are missing, 2 is expected"]
    again = explain(general_block(1, GET[:5]) + general_block(2, GET[5:9]) + general_block(0, b"x"))
    assert complaints(again) == ["out of order: block 0 came before, 3 is expected"]


def test_noise_between_frames_is_passed_over() -> None:
    noise = bytes.fromhex("FFFEFD")
    tree = explain(noise + wrapped(GET) + noise + bytes.fromhex(SNRM) + noise)
    assert names(tree) == ["not understood", "wrapper frame", "not understood", "HDLC frame", "not understood"]
    assert b"".join(node.octets for node in tree.children) == tree.octets


def test_data_alone() -> None:
    tree = of("02 02 0F FF 16 1E")
    assert meaning(tree, "structure") == "scaler and unit: × 10^-1 Wh"
    assert complaints(tree) == []
    assert meaning(of("01 01 11 05"), "array") == "1 element"


def test_nothing_and_too_much() -> None:
    assert complaints(explain(b"")) == ["nothing: there are no octets"]
    assert "further octets are left out" in complaints(explain(b"\xff" * (2**18 + 1)))[-1]


def test_the_published_push_of_a_customer_interface() -> None:
    tree = explain(published.PUSH, Keys(published.KEY))
    assert complaints(tree) == []
    assert meaning(tree, "system title") == f"manufacturer KFM, number {0x6750000009}"
    (deciphered,) = (node for node in tree.walk() if node.name == "deciphered")
    assert deciphered.octets.startswith(published.BEGINS)
    said = [node.meaning for node in tree.walk()]
    assert "Mon 2021-09-27 09:47:15 +02:00, daylight saving" in said
    assert {"1-0:1.8.0 (active import energy)", "scaler and unit: × 10^-1 V"} <= set(said)
