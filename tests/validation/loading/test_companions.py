"""Check meters, and other series of the metering point."""

from __future__ import annotations

import numpy as np
import pytest

from metering.quality import Quality
from metering.store import NO_VALUE
from tests import factories as make
from tests.validation.loading.world import at, consumption, facts, metered, store, window
from validation.facts import Need
from validation.models import CheckMeter

pytestmark = pytest.mark.django_db
MIDNIGHT = at("2026-03-10 00:00")


def test_values_of_a_check_meter_are_exact_in_integers_of_the_series() -> None:
    one, two, alone, odd = (consumption(exponent=1) for _ in range(4))
    finer, kilo, volts = (
        consumption(exponent=-1),
        consumption(obis="1-0:1.8.0", unit="kWh", exponent=-1),
        consumption(obis="1-0:32.7.0", unit="V"),
    )
    for series, other in ((one, finer), (two, kilo), (odd, volts)):
        CheckMeter.objects.create(series=series, check_series=other)
    store(finer, MIDNIGHT, [500, 512, None, 0])
    store(finer, at("2026-03-10 01:00"), [100], Quality.SUSPECT)
    store(kilo, MIDNIGHT, [3])
    store(volts, MIDNIGHT, [3])
    found = window(one, two, alone, odd)
    check = facts(found, Need.CHECK).check
    assert check is not None
    first = found.edges[0]
    assert check[0, first : first + 5].tolist() == [5, NO_VALUE, NO_VALUE, 0, NO_VALUE]
    assert check[1, first] == 30
    assert (check[2:] == NO_VALUE).all()


def test_partners_are_known_by_their_code() -> None:
    point, other = metered()[0], metered()[0]
    used, back = consumption(point), consumption(point, obis="1-0:2.29.0")
    lone = consumption(other)
    reactive = consumption(point, obis="1-0:3.29.0", unit="varh", exponent=-1)
    consumption(point, obis="1-0:4.29.0", unit="varh")
    consumption(point, obis="1-0:13.29.0", interval_s=3_600)
    store(reactive, MIDNIGHT, [70])
    found = window(used, back, lone)
    loaded = facts(found, Need.PARTNERS)
    assert set(loaded.partners) == {"1-0:1.29.0", "1-0:2.29.0", "1-0:3.29.0", "1-0:4.29.0", "reactive"}
    first = found.edges[0]
    assert loaded.partners["reactive"][0, first] == 70
    assert (loaded.partners["reactive"][1:] == NO_VALUE).all()
    assert loaded.partner_units["reactive"].tolist() == [0.1, 1.0, 1.0]
    assert loaded.partners["1-0:3.29.0"][:2, first].tolist() == [70, 70]


def test_partners_of_meters_that_followed_each_other_are_one() -> None:
    point = metered()[0]
    used = consumption(point)
    old, new = (
        make.make_series(point, "1-0:32.7.0", "V", kind="instantaneous", source=source, exponent=exponent)
        for source, exponent in (("M1", 0), ("M2", -1))
    )
    store(old, MIDNIGHT, [230, 231])
    store(new, at("2026-03-10 00:15"), [2302, 2303])
    found = window(used)
    loaded = facts(found, Need.PARTNERS)
    first = found.edges[0]
    assert loaded.partners["1-0:32.7.0"][0, first : first + 4].tolist() == [2300, 2302, 2303, NO_VALUE]
    assert np.allclose(loaded.partner_units["1-0:32.7.0"], 0.1)
