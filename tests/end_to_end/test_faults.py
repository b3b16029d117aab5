"""Meters that misbehave: a named cause, nothing half-stored, another try by the rule of the cause."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from access.models import AuditRecord
from bench import faults
from devices import descriptions
from devices.models import Contact
from headend import causes
from headend.models import Attempt, ReadMark
from rig import stored
from rig.simulator_process import Simulator
from tests.end_to_end.reading import item, read, try_again

SHIPPED = descriptions.FOLDER
FAULTS = [
    ("silent", {}, "connection_refused"),
    ("refuse_association", {}, "rejected_association"),
    ("garbage", {}, "garbage"),
    ("garbage", {"after": 12}, "garbage"),
    ("wrong_key", {}, "wrong_key"),
    ("busy", {}, "connection_cut"),
    ("cut", {"after_bytes": 5_000}, "connection_cut"),
    ("corrupt", {"after": 2, "count": 1}, "altered"),
]


@pytest.mark.parametrize(("kind", "fields", "cause"), FAULTS, ids=lambda part: str(part))
def test_a_fault_is_named_leaves_nothing_half_and_is_read_later(
    kind: str, fields: dict[str, int], cause: str, demo: Simulator
) -> None:
    ill, healthy = demo.serials[:2]
    demo.fault(ill, kind, **fields)
    began = timezone.now()
    job = read("profile", ill, healthy)

    failed = item(job, ill)
    assert (failed.state, failed.first_cause, failed.last_cause) == ("waiting", cause, cause)
    assert failed.detail
    _assert_wait_follows_the_rule(failed.not_before - began, cause)
    assert Contact.objects.get(device__serial_number=ill).cause == cause
    assert stored.profile(ill) == _truth_until_mark(demo, ill)
    assert stored.profile(healthy) == demo.truth(healthy, stored.installed_at(healthy))

    demo.clear_faults()
    try_again(job)
    good = item(job, ill)
    assert (good.state, good.first_cause, good.last_cause, good.attempts) == ("ok", cause, "", 2)
    assert stored.profile(ill) == demo.truth(ill, stored.installed_at(ill))
    assert stored.versions() == 0
    assert list(Attempt.objects.filter(item=good).values_list("number", "cause")) == [(1, cause), (2, "")]


def test_a_cut_in_a_long_reading_keeps_the_whole_stretches_before_it(demo: Simulator) -> None:
    """Twelve days are two stretches; the cut comes in a block of the second."""
    ill = demo.serials[0]
    whole = item(read("profile", demo.serials[1]), demo.serials[1])
    octets = Attempt.objects.get(item=whole).bytes_received
    demo.fault(ill, "cut", after_bytes=octets - 500)
    job = read("profile", ill)
    assert item(job, ill).last_cause == "connection_cut"
    rows = stored.profile(ill)["1-0:1.8.0"]["rows"]
    assert 0 < rows < demo.truth(ill, stored.installed_at(ill))["1-0:1.8.0"]["rows"]
    assert stored.profile(ill) == _truth_until_mark(demo, ill)


def test_a_meter_that_is_never_well_ends_as_failed_after_the_tries_of_its_rule(demo: Simulator) -> None:
    ill = demo.serials[0]
    demo.fault(ill, "wrong_key")
    job = read("profile", ill)
    for _ in range(causes.rule("wrong_key").attempts):
        try_again(job)
    failed = item(job, ill)
    assert (failed.state, failed.attempts) == ("failed", causes.rule("wrong_key").attempts)
    job.refresh_from_db()
    assert job.state == "done"
    assert stored.profile(ill)["1-0:1.8.0"]["rows"] == 0


def test_a_fleet_full_of_faults_comes_out_right_while_workers_and_servers_are_killed() -> None:
    """Every fault of the simulator at once; what is wrong stands in the table that is printed."""
    assert [figure for figure in faults.measure(faults.QUICK) if not figure.ok] == []


def test_a_meter_ahead_of_the_counter_is_caught_up_with(demo: Simulator) -> None:
    """The counter is fetched over the public client; at the latest the second try uses it."""
    ill = demo.serials[0]
    demo.fault(ill, "wrong_counter", ahead=1_000_000)
    job = read("profile", ill)
    try_again(job)
    assert item(job, ill).state == "ok"
    assert stored.profile(ill) == demo.truth(ill, stored.installed_at(ill))
    assert Contact.objects.get(device__serial_number=ill).next_counter > 1_000_000


def test_a_meter_far_ahead_of_the_counter_waits_for_a_person(demo: Simulator) -> None:
    """Who answers there could say any number: it is not followed, and our counter stays where it is."""
    ill = demo.serials[0]
    demo.fault(ill, "wrong_counter", ahead=20_000_000)
    failed = item(read("profile", ill), ill)
    assert (failed.state, failed.last_cause, failed.attempts) == ("failed", "counter_jump", 1)
    assert Contact.objects.get(device__serial_number=ill).next_counter < 1_000_000

    seen = re.search(r"has seen ([\d,]+)", failed.detail)
    assert seen is not None
    call_command("raise_counter", ill, seen[1].replace(",", ""), stdout=StringIO())
    assert item(read("profile", ill), ill).state == "ok"
    assert AuditRecord.objects.filter(verb="counter raised").count() == 1


def _assert_wait_follows_the_rule(waited: timedelta, cause: str) -> None:
    rule_s = causes.rule(cause).wait_after(1)
    assert rule_s is not None
    assert 0.75 * rule_s <= waited.total_seconds() <= 1.25 * rule_s + 30


def _truth_until_mark(simulator: Simulator, serial: str) -> dict[str, dict[str, int]]:
    """What the meter holds up to the mark of what was read: nothing where nothing was."""
    mark = ReadMark.objects.filter(device__serial_number=serial, obis="1-0:99.1.0").first()
    begin = stored.installed_at(serial)
    return simulator.truth(serial, begin, until=mark.until + timedelta(seconds=1) if mark else begin)


@pytest.fixture
def describe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Gives the model of the fleet another description file, with some fields changed."""
    shipped = json.loads((SHIPPED / "aim-sm3.json").read_text())
    monkeypatch.setattr(descriptions, "FOLDER", tmp_path)

    def write(**changes: object) -> None:
        (tmp_path / "aim-sm3.json").write_text(json.dumps({**shipped, **changes}))
        descriptions.description.cache_clear()

    yield write
    descriptions.description.cache_clear()


def test_clock_and_counter_are_read_where_the_description_says(demo: Simulator, describe: Callable[..., None]) -> None:
    """The simulated meter has nothing there, and says so."""
    ahead, other = demo.serials[:2]
    demo.fault(ahead, "wrong_counter", ahead=1_000_000)
    shipped = json.loads((SHIPPED / "aim-sm3.json").read_text())
    describe(security={**shipped["security"], "invocation_counter": "0-0:43.1.9"})
    assert item(read("profile", ahead), ahead).last_cause == "object_undefined"
    describe(clock="0-0:1.0.9")
    assert item(read("profile", other), other).last_cause == "object_undefined"
