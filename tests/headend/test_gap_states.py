"""The state of a gap says what is true of it now."""

import pytest

from devices.models import Device
from headend.models import Gap
from headend.services.gaps import find_gaps
from headend.storing.gaps import GAP_TRIES
from tests.factories import make_values
from tests.headend.profiles import NOON, fill, gaps, hang, hours, make_incomplete, read_until, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Device:
    return make_incomplete()


def test_a_gap_that_was_filled_is_closed(device: Device) -> None:
    find_gaps()
    assert gaps("open") == [(hours(2), hours(4))]
    fill(device, hours(2), range(8, 16))
    find_gaps()
    assert gaps() == gaps("filled") == [(hours(2), hours(4))]


def test_the_remainder_of_a_gap_stays_open_and_gets_tries_of_its_own(device: Device) -> None:
    find_gaps()
    Gap.objects.update(tries=GAP_TRIES - 1)
    fill(device, hours(3), range(12, 16))
    find_gaps()
    assert gaps("open") == [(hours(2), hours(3))]
    assert Gap.objects.get().tries == 0


def test_a_gap_filled_in_the_middle_becomes_two(device: Device) -> None:
    find_gaps()
    fill(device, hours(3), [12])
    find_gaps()
    assert gaps("open") == [(hours(2), hours(3)), (hours(3.25), hours(4))]


def test_what_is_missing_again_is_open_again(device: Device) -> None:
    find_gaps()
    Gap.objects.update(state=Gap.State.FILLED, tries=2, asked=2)
    read_until(device, hours(6.01))
    find_gaps()
    assert list(Gap.objects.values_list("state", "tries", "asked")) == [("open", 0, 0)]


def test_what_three_good_sessions_did_not_bring_is_not_held_until_it_comes(device: Device) -> None:
    find_gaps()
    Gap.objects.update(tries=GAP_TRIES)
    find_gaps()
    assert gaps("not_held") == [(hours(2), hours(4))]
    fill(device, hours(2), range(8, 16))
    find_gaps()
    assert gaps() == gaps("filled")


def test_an_open_gap_is_watched_however_old_it_gets(device: Device) -> None:
    find_gaps()
    find_gaps(look_back_days=1)
    assert gaps("open") == [(hours(2), hours(4))]
    fill(device, hours(2), range(8, 16))
    find_gaps(look_back_days=1)
    assert gaps() == gaps("filled")


def test_a_column_that_never_comes_is_not_asked_for_for_ever() -> None:
    device = hang().device
    read_until(device, hours(1))
    make_values(stands(device)[0], NOON, range(25))
    find_gaps()
    Gap.objects.update(tries=GAP_TRIES)
    read_until(device, hours(6))
    find_gaps()
    assert gaps() == gaps("not_held") == [(NOON, hours(6.25))]
