"""What a meter brings for a month that went to the archive: refused by name, the rest stored."""

from datetime import UTC, datetime

import pytest

from headend.tables import brought
from metering.models import ArchivedMonth
from tests.factories import make_device, make_installation, make_metering_point, make_utility
from tests.headend.outcomes import START, profile_rows, stand, store, total

pytestmark = pytest.mark.django_db
MARCH = datetime(2021, 3, 31, 23, 30, tzinfo=UTC)


def test_values_of_an_archived_month_are_refused_by_name_and_the_others_stored() -> None:
    utility = make_utility()
    device = make_device(utility)
    make_installation(device, make_metering_point(utility), at=datetime(2021, 1, 1, tzinfo=UTC))
    ArchivedMonth.objects.create(kind="interval", month="2021-03-01", state="archived", since=START)
    before_april = int((MARCH - START).total_seconds())
    rows = profile_rows([1, 2, 4, 8], at=[before_april + 900 * row for row in range(4)])
    item = store(device, profiles=[rows])
    assert (item.state, brought(item)) == ("ok", "4 rows, 2 refused")
    assert item.detail == (
        "values of 1-0:1.8.0 refused, the month is archived: run manage.py store unarchive 2021-03: 2"
    )
    assert total(stand(device)) == 4 + 8
    ArchivedMonth.objects.all().delete()
    again = store(device, profiles=[rows])
    assert again.result["refused"] == 0
    assert total(stand(device)) == 1 + 2 + 4 + 8
