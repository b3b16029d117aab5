"""What both sides agree on, as SNRM and UA say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc import HdlcFraming, HdlcSettings, LinkLimits
from protocols.hdlc.settings import DEFAULT_LIMITS, decode_limits

INFOS, WINDOWS = st.integers(1, 2030), st.integers(1, 7)
LIMITS = st.builds(LinkLimits, INFOS, INFOS, WINDOWS, WINDOWS)


def test_the_information_field_of_the_standard() -> None:
    assert DEFAULT_LIMITS.encode().hex() == "818012050180060180070400000001080400000001"
    assert LinkLimits(1010, 1010).encode().hex() == "81801405 0203f2 060203f2 070400000001 080400000001".replace(
        " ", ""
    )


@given(LIMITS)
def test_limits_survive(limits: LinkLimits) -> None:
    assert decode_limits(limits.encode()) == limits


@given(LIMITS, LIMITS)
def test_what_one_sends_the_other_receives(ours: LinkLimits, theirs: LinkLimits) -> None:
    agreed = ours.agreed(theirs)
    mirrored = theirs.agreed(ours)
    assert (agreed.info_send, agreed.window_send) == (mirrored.info_receive, mirrored.window_receive)
    assert agreed.info_send == min(ours.info_send, theirs.info_receive)


@pytest.mark.parametrize(
    ("information", "limits"),
    [
        ("", DEFAULT_LIMITS),
        ("818000", DEFAULT_LIMITS),
        ("810000", DEFAULT_LIMITS),
        ("818003050140", LinkLimits(info_send=64)),
        ("81800705040000020006", None),
        ("818006050400000200", LinkLimits(info_send=512)),
        ("81800b0502270f0602270f080103", LinkLimits(2030, 2030, 1, 3)),
        ("818006070109080100", LinkLimits(window_send=7)),
        ("8180060901ff050140", LinkLimits(info_send=64)),
        ("81800305014099", LinkLimits(info_send=64)),
        ("8180", None),
        ("818005050140", None),
        ("8180020502", None),
        ("81800105", None),
    ],
)
def test_what_peers_say_is_read_with_patience(information: str, limits: LinkLimits | None) -> None:
    if limits is not None:
        assert decode_limits(bytes.fromhex(information)) == limits
        return
    with pytest.raises(RemoteProtocolError) as error:
        decode_limits(bytes.fromhex(information))
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("limits", [LinkLimits(0), LinkLimits(9, 2031), LinkLimits(9, 9, 8), LinkLimits(9, 9, 1, 0)])
def test_limits_outside_the_standard_are_our_error(limits: LinkLimits) -> None:
    with pytest.raises(LocalProtocolError) as error:
        HdlcSettings(limits)
    assert error.value.cause is Cause.INVALID_VALUE


def test_defaults_are_not_said() -> None:
    assert HdlcFraming.client(16).open().hex() == "7ea0070321930f017e"
    with_limits = HdlcFraming.client(1, 1, 17, HdlcSettings(LinkLimits(128, 128, 1, 7), server_size=4)).open()
    assert with_limits.hex() == "7ea0210002002303939a74818012050180060180070400000001080400000007655e7e"


def test_a_server_grants_no_more_than_it_wants_itself() -> None:
    server = HdlcFraming.server({1}, 17, HdlcSettings(LinkLimits(100, 200, 2, 3)))
    client = HdlcFraming.client(16, 1, 17, HdlcSettings(LinkLimits(500, 50, 7, 1)))
    server.receive_data(client.open())
    assert server.next_apdu() is None
    assert LinkLimits(50, 200, 1, 3).encode() in server.outgoing()
