"""Outages are derived in one place at a time, whoever has reason to."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from devices.models import Contact
from events.models import AreaOutage, PlannedOutage
from events.services.planned import announce
from tests import factories as make
from tests.beside import Stop, beside, until_it_waits
from tests.events.signals import come, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_store(db: None) -> None:
    """Flushing between these tests knows only tables that have models."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE register_value, register_value_version, value_origin, metering_series CASCADE")


def test_who_announces_an_outage_does_not_undo_its_end() -> None:
    utility, user, ended = make.make_utility(), make.make_user(username="operator"), Stop()
    area, start = make.make_transformer_area(utility, "T7"), timezone.now() - timedelta(hours=1)
    street = [
        (make.make_device(utility), make.make_metering_point(utility, transformer_area=area)) for _ in range(6)
    ]  # fmt: skip
    Contact.objects.update(last_contact_at=start - timedelta(days=1))
    come(*(told(who, "power_down", start) for who in street))
    announced = PlannedOutage(area=area, starts_at=start, ends_at=timezone.now(), reason="New cable")

    def end() -> None:
        with transaction.atomic():
            come(*(told(who, "power_up", start + timedelta(minutes=20)) for who in street))
            ended.wait()

    with beside(end) as ending:
        ended.until_reached()
        with beside(lambda: announce(planned=announced, user=user)) as announcing:
            until_it_waits(announcing)
            ended.let_go()
            ending.result(timeout=60)
            announcing.result(timeout=60)
    outage = AreaOutage.objects.get()
    assert (outage.ended_at, outage.planned) == (start + timedelta(minutes=20), announced)
