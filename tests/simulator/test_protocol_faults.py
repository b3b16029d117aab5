"""Faults of the protocol and quirks of firmware, met by the real client over real sockets."""

import pytest

from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import put
from protocols.dlms.objects import CLOCK_TIME, read_profile
from protocols.dlms.selection import Entries
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, ProtocolError
from simulator.faults import Corrupt, Drop, Fault, LostBlock, NotPossible, TemporaryFailure
from simulator.fleet import TO_ENTRY_ZERO_IGNORED
from simulator.line import Line, corrupted
from simulator.models import SM3, SM5, SN4
from simulator.serving import FleetServer
from tests.simulator.clients import Client, between, played
from tests.simulator.mixed import KINDS, known_layout, mixed_fleet, of_kind, reach, suite_1_settings
from tests.simulator.worlds import NOON, meter

PATIENCE = 0.3
DAY = 86_400


def cause_of(kind: str, fault: Fault, patience: float | None = None) -> Cause:
    """Why twenty days of the load profile cannot be read under a fault."""
    fleet = mixed_fleet(fault)

    async def scene(server: FleetServer) -> Cause:
        with pytest.raises(ProtocolError) as error:
            async with reach(fleet, of_kind(fleet, kind), patience=patience) as client:
                await client.run(read_profile(client.connection, known_layout(), between(NOON - 20 * DAY, NOON)))
        return error.value.cause

    return played(fleet, scene)


def rows_of(kind: str, fault: Fault, patience: float | None = None) -> int:
    """How many rows of twenty days come all the same."""
    fleet = mixed_fleet(fault)

    async def scene(server: FleetServer) -> int:
        async with reach(fleet, of_kind(fleet, kind), patience=patience) as client:
            table = await client.run(read_profile(client.connection, known_layout(), between(NOON - 20 * DAY, NOON)))
        return table.rows

    return played(fleet, scene)


@pytest.mark.parametrize("fault", [Drop(1, 1), Drop(4, 1), Corrupt(0, 1), Corrupt(3, 1), Corrupt(8, 2)], ids=str)
def test_hdlc_recovers_what_is_dropped_or_damaged(fault: Fault) -> None:
    assert rows_of(SN4, fault, PATIENCE) == 20 * 96


@pytest.mark.parametrize("fault", [Drop(), Corrupt(5)], ids=str)
def test_hdlc_gives_up_when_nothing_comes_any_more(fault: Fault) -> None:
    assert cause_of(SN4, fault, PATIENCE) is Cause.NO_ANSWER


def test_over_tcp_a_dropped_answer_is_missing_for_good() -> None:
    fleet = mixed_fleet(Drop(1, 1))

    async def scene(server: FleetServer) -> None:
        with pytest.raises(TimeoutError):
            async with Client(of_kind(fleet, SM3), patience=PATIENCE):
                pass

    played(fleet, scene)


def test_over_tcp_a_damaged_answer_is_not_authentic() -> None:
    assert cause_of(SM3, Corrupt(2)) is Cause.ALTERED


@pytest.mark.parametrize("kind", [SM3, SN4])
def test_a_block_that_does_not_come_is_noticed(kind: str) -> None:
    assert cause_of(kind, LostBlock(3)) is Cause.BLOCK_LOST


@pytest.mark.parametrize("number", [2, 3, 9])
def test_a_general_block_that_does_not_come_is_asked_for_again(number: int) -> None:
    fleet = mixed_fleet(LostBlock(number))
    spec = of_kind(fleet, SM5)

    async def scene(server: FleetServer) -> int:
        async with Client(spec, suite_1_settings(spec), patience=PATIENCE) as client:
            table = await client.run(read_profile(client.connection, known_layout(), between(NOON - 20 * DAY, NOON)))
        return table.rows

    assert played(fleet, scene) == 20 * 96


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [TemporaryFailure(), NotPossible()], ids=lambda fault: fault.kind)
def test_a_busy_meter_refuses_every_request(kind: str, fault: Fault) -> None:
    assert cause_of(kind, fault) is Cause.REFUSED


@pytest.mark.parametrize("kind", [SM3, SN4])
def test_a_temporary_failure_refuses_writing_too(kind: str) -> None:
    fleet = mixed_fleet(TemporaryFailure())

    async def scene(server: FleetServer) -> None:
        async with reach(fleet, of_kind(fleet, kind)) as client:
            written = await client.run(put(client.connection, CLOCK_TIME, octet_string(bytes(12))))
        assert written is DataAccessResult.TEMPORARY_FAILURE

    played(fleet, scene)


def test_a_to_entry_of_zero_may_mean_nothing_at_all() -> None:
    fleet = mixed_fleet(quirks=(TO_ENTRY_ZERO_IGNORED,))
    spec = of_kind(fleet, SM3)

    async def scene(server: FleetServer) -> None:
        async with Client(spec) as client:
            line = client.connection
            assert (await client.run(read_profile(line, known_layout(), Entries(1, 0)))).rows == 0
            assert (await client.run(read_profile(line, known_layout(), Entries(1, 5)))).rows == 5

    played(fleet, scene)


def line_of(*faults: Fault) -> Line:
    return Line(meter(*faults))


def test_one_bit_in_the_second_half_of_an_answer_is_turned_over() -> None:
    answer = bytes(range(40))
    for seed in range(200):
        spoilt = corrupted(seed, answer)
        wrong = [place for place in range(40) if spoilt[place] != answer[place]]
        assert len(wrong) == 1
        assert 20 <= wrong[0] < 39
        assert (spoilt[wrong[0]] ^ answer[wrong[0]]).bit_count() == 1
    assert corrupted(1, b"\x00") != b"\x00"


def test_faults_hit_the_answers_they_name() -> None:
    line = line_of(Drop(1, 2))
    assert [line.deliver(b"right").data for _ in range(4)] == [b"right", b"", b"", b"right"]
    line = line_of(Corrupt(1, 1))
    assert [line.deliver(b"right").data == b"right" for _ in range(3)] == [True, False, True]
    line = line_of(Drop(1))
    assert [line.deliver(b"right").data for _ in range(3)] == [b"right", b"", b""]
