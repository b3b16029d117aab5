"""Whole DLMS sessions over HDLC and over mode E: every access, small and large frames, good and bad lines."""

import random

import pytest

from protocols.dlms.connection import ClientConnection
from protocols.dlms.exchange import associate, converse, release
from protocols.dlms.objects import read_clock, read_layout, read_profile
from protocols.dlms.selection import Range
from protocols.dlms.server import ServerSession
from protocols.framing import Framing
from protocols.hdlc import HdlcFraming, HdlcSettings, LinkLimits
from protocols.iec62056_21 import Identification, ModeE, ModeEMeter
from tests.protocols.hdlc.line import Spoil, faithful, frames_of
from tests.protocols.parties import ACCESSES, PROFILE, ROWS, START, TIMES, Meter

LIMITS = [LinkLimits(), LinkLimits(2030, 2030, 7, 7), LinkLimits(20, 33, 3, 5)]
DAY = Range(START, START.replace(year=2027))


class Reading:
    """A client and a session with the frames between them spoiled; a silence makes the client repeat."""

    def __init__(self, access: str, client: Framing, server: Framing, spoil: Spoil = faithful) -> None:
        _, settings = ACCESSES[access]()
        self.client = ClientConnection(settings, client)
        self.session = ServerSession(Meter().device, server)
        self._spoil = spoil

    def transfer(self, octets: bytes) -> bytes:
        """What comes back for some octets, however often they have to be repeated."""
        while not (back := self._cross(self.session.handle(self._cross(octets)))):
            octets = self.client.repeat()
        return back

    def read(self) -> None:
        """Clock and profile in an association of its own, and what stands in them."""
        converse(associate(self.client), self.transfer)
        assert converse(read_clock(self.client), self.transfer).at.year == 2026
        layout = converse(read_layout(self.client, PROFILE), self.transfer)
        table = converse(read_profile(self.client, layout, DAY), self.transfer)
        assert list(table.columns[0].values) == list(TIMES)
        assert table.rows == ROWS
        converse(release(self.client), self.transfer)
        assert self.session.last_error is None

    def _cross(self, octets: bytes) -> bytes:
        return b"".join(self._spoil(0, frame) for frame in frames_of(octets)) if octets[:1] == b"~" else octets


def address(access: str) -> int:
    return ACCESSES[access]()[0]


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("access", ACCESSES)
def test_every_access_works_over_hdlc(access: str, limits: LinkLimits) -> None:
    client = HdlcFraming.client(address(access), 1, 17, HdlcSettings(limits))
    server = HdlcFraming.server({1}, 17, HdlcSettings(limits))
    reading = Reading(access, client, server)
    for _ in range(2):
        reading.read()
        client.receive_data(reading.transfer(reading.client.close()))
        assert client.next_apdu() is None
        assert not client.is_open
        assert not server.is_open
    assert client.counts.repeated == server.counts.repeated == 0


def test_a_session_survives_a_bad_line() -> None:
    rng = random.Random(46)

    def spoil(number: int, frame: bytes) -> bytes:
        return frame[: -rng.randint(1, 5)] if rng.random() < 0.05 else frame

    limits = HdlcSettings(LinkLimits(64, 64, 3, 3), retries=20)
    client = HdlcFraming.client(address("both"), 1, 17, limits)
    Reading("both", client, HdlcFraming.server({1}, 17, limits), spoil).read()
    assert client.counts.damaged > 0


def test_a_session_begins_in_mode_e() -> None:
    reader = ModeE(HdlcFraming.client(address("both"), 1, 17))
    meter = ModeEMeter(HdlcFraming.server({1}, 17), Identification("LGZ", "5", "2", "E450"))
    Reading("both", reader, meter).read()
    assert reader.identification is not None
    assert reader.identification.manufacturer == "LGZ"


def test_a_new_connection_ends_the_association_that_was_open() -> None:
    reading = Reading("password", HdlcFraming.client(address("password")), HdlcFraming.server({1}))
    converse(associate(reading.client), reading.transfer)
    _, settings = ACCESSES["password"]()
    reading.client = ClientConnection(settings, HdlcFraming.client(address("password")))
    reading.read()
