"""Frames against octets of the standard's examples and of real meters, and every combination of addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc import Address, Frame, decode_frame
from protocols.hdlc.checksum import checksum
from protocols.hdlc.control import CONTROLS, Kind, control
from protocols.hdlc.rejection import Reason, rejection, words

CAPTURES = {
    # example of the Green Book: client 16 asks logical device 1
    "SNRM": ("7ea0070321930f017e", "1", "16", "SNRM P/F"),
    "SNRM, server 4": (
        "7ea0210002002303939a74818012050180060180070400000001080400000007655e7e", "1/17", "1", "SNRM P/F"),
    "UA, Green Book": ("7ea01e210373c37a818012050180060180070400000001080400000001533b7e", "16", "1", "UA P/F"),
    "UA, Kamstrup Omnipower": (
        "7ea0212520217350858180140502 03f20602 03f207040000000108040000 00010a757e", "18", "16/16", "UA P/F"),
    "UA, Iskraemeco MT372": (
        "7ea01f21202373657181801205017e06017e0704000000010804000000015f757e", "16", "16/17", "UA P/F"),
    "I, Iskraemeco MT372": ("7ea019212023327019e6e700c401010009060000010000ff0beb7e", "16", "16/17",
                            "I N(S)=1 N(R)=1 P/F"),
    # one octet and two octets: HCS stands where neither 1+1 nor 1+4 would put it
    "I, push of a HAN port": (
        "7ea027010201105a87e6e7000f40000000090c07e1090c0217122aff80000002010600000528b80c7e", "0", "1/0",
        "I N(S)=0 N(R)=0 P/F"),
    "I, push of Kaifa MA304": (
        "7ea09b01000110561be6e7000f40000000090c07e7090401103400ff800000021209074b464d5f30303109103733343031353730313132353335"
        "343409084d41333034483444060000044f0600000000060000000006000000c0060000088f06000005aa060000057c06000008da06000008f9"
        "06000008e6090c07e7090401103400ff8000000608c141c9060000000006001ae03806013151959d787e", "0", "0/0",
        "I N(S)=0 N(R)=0 P/F"),
    "DM": ("7ea00821 00411f4d097e", "16", "0/32", "DM P/F"),
}  # fmt: skip


@pytest.mark.parametrize("name", CAPTURES)
def test_captures_are_read_and_written_octet_for_octet(name: str) -> None:
    octets, destination, source, field = CAPTURES[name]
    frame = decode_frame(bytes.fromhex(octets))
    assert (str(frame.destination), str(frame.source), str(frame.control)) == (destination, source, field)
    assert frame.encode() == bytes.fromhex(octets)
    assert decode_frame(bytes.fromhex(octets)[1:-1]) == frame


def test_the_check_value_of_the_crc() -> None:
    """The catalogue of CRCs gives 0x906E for CRC-16/X-25 over "123456789"; the low octet goes first."""
    assert checksum(b"123456789") == b"\x6e\x90"


PARTS = {1: st.tuples(st.integers(0, 0x7F), st.none()), 2: st.tuples(*2 * [st.integers(0, 0x7F)])}
PARTS[4] = st.tuples(*2 * [st.integers(0, 0x3FFF)])
ADDRESSES = st.sampled_from((1, 2, 4)).flatmap(lambda n: PARTS[n].map(lambda p: Address(p[0], p[1], n)))


@given(ADDRESSES, ADDRESSES, st.integers(0, 255), st.binary(max_size=2030), st.booleans())
def test_every_pair_of_address_sizes_survives(
    to: Address, source: Address, octet: int, information: bytes, segmented: bool
) -> None:
    frame = Frame(to, source, CONTROLS[octet], information, segmented)
    assert decode_frame(frame.encode()) == frame


@given(ADDRESSES)
def test_addresses_are_numbers_of_both_parts(address: Address) -> None:
    assert Address.of_client(address.number, address.size) == address
    assert Address.of_server(address.upper, address.lower, address.size) == address
    assert str(address.upper) in str(address)


def test_a_server_address_takes_the_shortest_form() -> None:
    assert Address.of_server(1).encode() == b"\x03"
    assert Address.of_server(1, 17).encode() == b"\x02\x23"
    assert Address.of_server(1, 200).encode() == bytes.fromhex("00020291")
    assert Address.of_server(1, 17, 4).encode() == bytes.fromhex("00020023")


@pytest.mark.parametrize(
    ("logical", "physical", "size"), [(128, None, 1), (1, 17, 1), (1, None, 2), (1, 128, 2), (1, 1, 3), (-1, 0, 2)]
)
def test_what_does_not_fit_an_address_is_our_error(logical: int, physical: int | None, size: int) -> None:
    with pytest.raises(LocalProtocolError) as error:
        Address.of_server(logical, physical, size)
    assert error.value.cause is Cause.INVALID_VALUE


def test_addresses_for_all() -> None:
    assert Address(0x7F).is_broadcast
    assert Address(0x3FFF, 1, 4).is_broadcast
    assert not Address(0x7F, 1, 4).is_broadcast
    assert Address(1, 0x7E, 2).calls_any_device
    assert Address(1, 0x3FFF, 4).calls_any_device
    assert not Address(1, 17, 2).calls_any_device


SNRM = bytes.fromhex("a0070321930f01")


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"\x90" + SNRM[1:], "type 3"),
        (b"\xa0\x06" + SNRM[2:], "announces 6 octets"),
        (SNRM[:4], "inside its header"),
        (SNRM[:2], "inside its header"),
        (b"", "inside its header"),
        (SNRM[:-1], "inside its header"),
        (SNRM[:-1] + b"\x02", "wrong FCS 0f02"),
        (SNRM + b"\x00", "1 octets follow"),
        (bytes.fromhex("a008020203210000"), "three octets"),
        (bytes.fromhex("a00c02020202030000000000"), "more than four"),
        (bytes.fromhex("a0080321930f01"), "does not hold its header"),
    ],
)
def test_damage_is_named(octets: bytes, fault: str) -> None:
    with pytest.raises(RemoteProtocolError, match=fault) as error:
        decode_frame(octets)
    assert error.value.cause is Cause.GARBAGE


def test_header_and_body_have_checks_of_their_own() -> None:
    good = Frame(Address(1), Address(16), control(Kind.UI, poll=False), b"information").encode()
    for at, fault in ((5, "wrong HCS"), (-6, "wrong FCS")):
        bad = bytearray(good)
        bad[at] ^= 0x40
        with pytest.raises(RemoteProtocolError, match=fault):
            decode_frame(bytes(bad))
    with pytest.raises(RemoteProtocolError, match="ends after"):
        decode_frame(good[:-4])


def test_a_frame_has_2047_octets_at_most() -> None:
    with pytest.raises(LocalProtocolError) as error:
        Frame(Address(1), Address(16), control(Kind.I, poll=True), bytes(2040)).encode()
    assert error.value.cause is Cause.TOO_LARGE


def test_the_control_fields_of_the_standard() -> None:
    octets = {
        Kind.SNRM: 0x93, Kind.DISC: 0x53, Kind.UA: 0x73, Kind.DM: 0x1F, Kind.FRMR: 0x97, Kind.UI: 0x13, Kind.RR: 0x11,
        Kind.RNR: 0x15, Kind.REJ: 0x19,
    }  # fmt: skip
    for kind, octet in octets.items():
        assert control(kind, poll=True) == CONTROLS[octet]
    assert control(Kind.I, poll=True, send_number=3, receive_number=5).octet == 0xB6
    assert control(Kind.RR, poll=False, receive_number=7).octet == 0xE1
    assert str(CONTROLS[0xE1]) == "RR N(R)=7"
    assert str(CONTROLS[0xFF]) == "control 0xff"


@given(st.integers(0, 255))
def test_every_control_octet_means_one_thing(octet: int) -> None:
    field = CONTROLS[octet]
    if field.kind is not Kind.UNKNOWN:
        again = control(field.kind, poll=field.poll, send_number=field.send_number, receive_number=field.receive_number)
        assert again == field


def test_a_rejection_in_words() -> None:
    information = rejection(CONTROLS[0x33], 0, 1, Reason.UNKNOWN_CONTROL | Reason.INFORMATION_TOO_LONG)
    assert information == bytes((0x33, 0x20, 0x05))
    assert words(information) == "control 0x33, its control field is unknown and its information is too long"
    assert words(bytes((0x10, 0, 0))) == "I N(S)=0 N(R)=0 P/F, no reason given"
    assert words(b"") == "no reason given"
