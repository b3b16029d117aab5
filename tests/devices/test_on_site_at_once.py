"""Two people at the same meter: one is first, the other is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from devices.models import Installation
from devices.services.life_cycle import State, move
from devices.services.on_site import Exchange, Install, hanging
from tests import factories as make
from tests.beside import beside

pytestmark = pytest.mark.django_db(transaction=True)
AT = make.INSTALLED_AT + timedelta(days=1)


@pytest.fixture(autouse=True)
def empty_store(db: None) -> None:
    """Flushing between these tests knows only tables that have models."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE register_value, register_value_version, value_origin, metering_series CASCADE")


def _refused(act: Callable[[], object]) -> str:
    try:
        act()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def test_two_meters_for_one_place() -> None:
    utility = make.make_utility()
    point, old = make.make_metering_point(utility), make.make_device(utility)
    make.make_installation(old, point)
    installation = hanging(old)
    assert installation is not None
    works = [Exchange(installation, make.make_device(utility), AT, {}, {}) for _ in range(2)]
    with beside(lambda: _refused(lambda: works[0].carry_out(user=None))) as other:
        mine = _refused(lambda: works[1].carry_out(user=None))
        told = sorted([mine, other.result(timeout=60)])
    assert told[0] == "" and f"{old} was taken down already" in told[1]
    assert Installation.objects.filter(metering_point=point, period__upper_inf=True).count() == 1


def test_a_meter_that_is_scrapped_meanwhile_is_not_hung_up() -> None:
    utility = make.make_utility()
    device = make.make_device(utility)
    work = Install(device, make.make_metering_point(utility), AT, {})
    with transaction.atomic():
        move([device.pk], State.SCRAPPED, reason="burnt")
    assert "was scrapped" in _refused(lambda: work.carry_out(user=None))
    assert not Installation.objects.exists()
