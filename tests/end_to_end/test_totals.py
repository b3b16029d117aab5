"""What is in the database after a reading is what the meters hold, counted and summed by the simulator itself."""

from datetime import timedelta

from django.db import connection

from headend.models import ReadMark
from rig import stored
from rig.simulator_process import Simulator
from tests.end_to_end.reading import read


def test_count_and_sum_of_every_register_agree_with_the_meters(demo: Simulator) -> None:
    gap, outage, flagged = demo.serials[1:4]
    demo.fault(gap, "gap", start=_ago(demo, days=4), end=_ago(demo, days=4, hours=-6))
    demo.fault(outage, "power_failure", start=_ago(demo, days=3, minutes=7), end=_ago(demo, days=2))
    demo.fault(flagged, "power_failure", start=_ago(demo, days=6), end=_ago(demo, days=6, hours=-2), flagged=True)
    job = read("profile")
    assert job.items.tally() == {"ok": len(demo.serials)}
    held = {serial: stored.profile(serial) for serial in demo.serials}
    assert held == {serial: demo.truth(serial, stored.installed_at(serial)) for serial in demo.serials}
    assert held[gap]["1-0:1.8.0"]["rows"] == held[demo.serials[0]]["1-0:1.8.0"]["rows"] - 24


def test_the_view_for_foreign_programs_holds_nothing_else(demo: Simulator) -> None:
    read("profile")
    truths = [
        register for serial in demo.serials for register in demo.truth(serial, stored.installed_at(serial)).values()
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(value) FROM profile_value")
        assert cursor.fetchone() == (
            sum(each["rows"] + each["intervals"] for each in truths),
            sum(each["sum"] + each["energy"] for each in truths),
        )


def test_daily_billing_stands_agree_with_the_meters(demo: Simulator) -> None:
    read("daily")
    for serial in demo.serials:
        truth = demo.truth(serial, stored.installed_at(serial), profile="1-0:99.2.0")
        assert stored.daily(serial) == {obis: {"rows": r["rows"], "sum": r["sum"]} for obis, r in truth.items()}


def test_reading_again_changes_nothing(demo: Simulator) -> None:
    """Also when every row is asked for once more because the marks of what was read are lost."""
    for kind in ("profile", "daily", "events"):
        read(kind)
    before = stored.everything()
    assert before
    for kind in ("profile", "daily", "events"):
        read(kind)
    _forget_marks()
    for kind in ("profile", "daily", "events"):
        assert read(kind).items.tally() == {"ok": len(demo.serials)}
    assert stored.everything() == before
    assert stored.versions() == 0


def _forget_marks() -> None:
    assert ReadMark.objects.all().delete()[0] > 0


def _ago(simulator: Simulator, **fields: int) -> str:
    """A quarter of an hour that long before the simulator's now."""
    at = simulator.now - timedelta(**fields)
    return at.replace(minute=at.minute // 15 * 15, second=0).isoformat()
