"""The matrix within the patience of a test run: cheap securities with everything, all securities with a few services.

`script/matrix` runs all of it.
"""

from dataclasses import replace

import pytest

from protocols.dlms.security import Suite
from tests.protocols.matrix.__main__ import main
from tests.protocols.matrix.cells import run
from tests.protocols.matrix.securities import SECURITIES, Naming, SecurityRow
from tests.protocols.matrix.services import SERVICES
from tests.protocols.matrix.talk import Talk
from tests.protocols.matrix.transports import TRANSPORTS, Transport

FEW = {"LN GET", "LN GET blocks", "LN SET blocks", "LN ACTION blocks both", "LN EventNotification", "LN RLRQ, AARQ",
       "SN read blocks", "SN write"}  # fmt: skip
CHEAP = [row for row in SECURITIES if row.suite is not Suite.P256 and row.suite is not Suite.P384]
DEAR = [row for row in SECURITIES if row not in CHEAP]
every_transport = pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda transport: transport.name)
STREAM, PLAIN = TRANSPORTS[0], SECURITIES[0]


@every_transport
def test_every_service_under_cheap_securities(transport: Transport) -> None:
    for row in CHEAP:
        cells = list(run(SERVICES, row, transport))
        assert [str(cell) for cell in cells if cell.failed] == []
        assert len(cells) == len(SERVICES)


@pytest.mark.parametrize("row", DEAR, ids=lambda row: row.name)
def test_every_security_over_every_transport(row: SecurityRow) -> None:
    few = [service for service in SERVICES if service.name in FEW]
    assert len(few) == len(FEW)
    for transport in TRANSPORTS:
        assert [str(cell) for cell in run(few, row, transport) if cell.failed] == []


def test_the_tables_have_no_row_twice() -> None:
    for table in (SERVICES, SECURITIES, TRANSPORTS):
        names = [row.name for row in table]
        assert len(set(names)) == len(names)
    assert {service.naming for service in SERVICES} == set(Naming)


def test_a_value_that_changes_on_the_way_fails_its_cell() -> None:
    """Every octet 7 becomes 8: the meter takes what it is sent, the client what comes, and only the values differ."""
    reading = [service for service in SERVICES if service.name in ("LN GET", "SN read")]
    spoiled = replace(STREAM, name="spoiled", fate=lambda _, octets: [octets.replace(b"\x07", b"\x08")])
    assert all(cell.failed for cell in run(reading, PLAIN, spoiled))
    assert not any(cell.failed for cell in run(reading, PLAIN, STREAM))


def test_a_line_that_loses_everything_fails_and_does_not_hang() -> None:
    silent = replace(STREAM, name="silent", fate=lambda *_: [])
    (cell,) = run(SERVICES[:1], PLAIN, silent)
    assert str(cell) == "LN GET · none · silent: AssertionError: silence, and nothing to repeat"


def test_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--security", "LLS glo", "--service", "unconfirmed", "--all"]) == 0
    said = capsys.readouterr().out
    assert "SN write unconfirmed · suite 0 LLS glo AE" in said
    assert "9 left out: nobody repeats what is not acknowledged" in said
    assert said.endswith("\n117 ok, 0 failed, 9 left out\n")


def test_failures_are_printed_and_give_a_status(capsys: pytest.CaptureFixture[str]) -> None:
    broken = replace(SERVICES[0], do=_never)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.protocols.matrix.__main__.SERVICES", (broken,))
        assert main(["--security", "none"]) == 1
    assert f"0 ok, {len(TRANSPORTS) * 4} failed" in capsys.readouterr().out


def _never(_talk: Talk) -> None:
    raise AssertionError("not this time")
