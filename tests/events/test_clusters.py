"""Outages of areas from those of devices: pure functions."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from events.clusters import Down, clusters

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def downs(*spans: tuple[float, float | None]) -> list[Down]:
    return [Down(i, i, at(a), None if b is None else at(b)) for i, (a, b) in enumerate(spans, start=1)]


def test_enough_devices_at_once_are_one_outage_of_all_of_them() -> None:
    (cluster,) = clusters(downs((0, 30), (0.1, 31), (0.2, 32), (5, 33)), 3)
    assert (cluster.start, cluster.end, len(cluster.members), cluster.most) == (at(0), at(31), 4, 4)


def test_too_few_devices_are_none() -> None:
    assert clusters(downs((0, 30), (1, 31)), 3) == []
    assert clusters(downs((0, 10), (10, 20), (20, 30)), 2) == []


def test_it_lasts_while_enough_of_them_are_down() -> None:
    (cluster,) = clusters(downs((0, None), (1, None), (2, 9)), 2)
    assert cluster.end is None and len(cluster.members) == 3


def test_a_device_that_was_down_long_before_is_counted_and_does_not_belong() -> None:
    (cluster,) = clusters(downs((-6000, None), (0, 20), (1, 20)), 3)
    assert [down.id for down in cluster.members] == [2, 3] and cluster.start == at(0)


def test_a_recloser_that_tries_makes_one_outage() -> None:
    (cluster,) = clusters(downs((0, 2), (0, 2), (3, 40), (3, 40)), 2)
    assert (cluster.start, cluster.end, len(cluster.members)) == (at(0), at(40), 4)
    assert len(clusters(downs((0, 2), (0, 2), (30, 40), (30, 40)), 2)) == 2


spans = st.lists(st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(1, 90))), max_size=25)


@given(spans, st.integers(2, 5))
def test_no_device_belongs_to_two_outages_and_each_has_enough(drawn: list[tuple[int, int | None]], needed: int) -> None:
    found = clusters(downs(*((a, None if b is None else a + b) for a, b in drawn)), needed)
    members = [down.id for cluster in found for down in cluster.members]
    assert len(members) == len(set(members))
    assert all(cluster.most >= needed for cluster in found)
    assert all(cluster.end is not None for cluster in found[:-1])
