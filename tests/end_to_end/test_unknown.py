"""What a meter sends and nobody has described: kept under its OBIS code and unit, marked unknown, shown."""

import pytest
from django.test import Client

from access.models import User
from metering.models import MeasuredProperty, Series
from rig import stored
from rig.simulator_process import Simulator
from tests.end_to_end.reading import item, read


@pytest.mark.parametrize("change", ["delete", "other_unit"])
def test_an_unknown_register_is_kept_and_shown(change: str, demo: Simulator) -> None:
    """The OBIS code is not in the catalogue, or is there with another unit than the meter gives."""
    serial = demo.serials[0]
    described = MeasuredProperty.objects.filter(obis="1-0:1.8.2")
    assert (described.delete()[0] if change == "delete" else described.update(unit="kvarh")) == 1

    assert item(read("daily", serial), serial).state == "ok"

    unknown = MeasuredProperty.objects.get(obis="1-0:1.8.2", unit="Wh")
    assert (unknown.known, unknown.name) == (False, "Unknown 1-0:1.8.2")
    truth = demo.truth(serial, stored.installed_at(serial), profile="1-0:99.2.0")
    assert stored.daily(serial)["1-0:1.8.2"]["sum"] == truth["1-0:1.8.2"]["sum"]
    assert "Unknown 1-0:1.8.2" in _shown(Series.objects.get(measured_property=unknown))


def _shown(series: Series) -> str:
    """The series as customer service gets it."""
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    answer = client.get(f"/api/v1/series/{series.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()
