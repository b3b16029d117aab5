"""The rules of permits: the same in the book of a worker and in Valkey."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headend.permits.book import LEASE_S, STAND_BACK_S, Asked, Book
from headend.permits.limits import Limit, reserved
from headend.permits.segments import Segment
from headend.permits.valkey import Server
from tests.headend.permits.asking import APN, CELL, asked, begun, forget, fresh_server

NOW = 1_000_000.0
TEN, SLOW = Limit(10, None), Limit(None, 2.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with fresh_server() as found:
        yield found


def test_a_session_needs_a_permit_of_every_segment_it_goes_through() -> None:
    book = Book()
    answers = book.acquire(asked(*range(10), cell=TEN, apn=Limit(3, None)), NOW, urgent=True)
    assert answers == [None] * 3 + [APN] * 7
    assert begun(book.acquire(asked(*range(10, 20), cell=TEN), NOW, urgent=True)) == 7, "what was refused holds nothing"


def test_permits_of_a_killed_worker_end_by_themselves() -> None:
    """headend.md §4 row 10."""
    book = Book()
    book.acquire(asked(*range(10), cell=TEN), NOW, urgent=True)
    assert begun(book.acquire(asked(99, cell=TEN), NOW + LEASE_S - 1, urgent=True)) == 0
    assert begun(book.acquire(asked(99, cell=TEN), NOW + LEASE_S, urgent=True)) == 1


def test_new_connections_come_at_their_rate() -> None:
    book = Book()
    many = asked(*range(100), cell=SLOW)
    assert begun(book.acquire(many, NOW, urgent=True)) == 2, "the burst of one second"
    assert begun(book.acquire(many, NOW + 0.4, urgent=True)) == 0
    assert begun(book.acquire(many, NOW + 0.5, urgent=True)) == 1
    assert begun(book.acquire(many, NOW + 60, urgent=True)) == 2, "what was not used is not saved"


@pytest.mark.parametrize(("most", "kept"), [(1, 0), (2, 1), (5, 1), (6, 2), (10, 2), (100, 20)])
def test_a_share_is_reserved_for_reading_on_demand(most: int, kept: int) -> None:
    """headend.md §4 row 9."""
    assert reserved(most) == kept
    book = Book()
    bulk = asked(*range(most + 5), cell=Limit(most, None))
    assert begun(book.acquire(bulk, NOW, urgent=False)) == most - kept
    urgent = asked(*range(1000, 1000 + most), cell=Limit(most, None))
    assert begun(book.acquire(urgent, NOW, urgent=True)) == kept


def test_bulk_work_stands_back_where_somebody_waits() -> None:
    """headend.md §4 row 9: also where the limit is too small to reserve anything."""
    one, book = Limit(1, None), Book()
    book.acquire(asked(1, cell=one), NOW, urgent=False)
    assert book.acquire(asked(2, cell=one), NOW + 1, urgent=True) == [CELL]
    book.release({1: [CELL]})
    assert book.acquire(asked(3, cell=one), NOW + 1, urgent=False) == [CELL]
    assert book.acquire(asked(2, cell=one), NOW + 1, urgent=True) == [None]
    book.release({2: [CELL]})
    assert book.acquire(asked(3, cell=one), NOW + 1 + STAND_BACK_S, urgent=False) == [None]


_NAMES = "ABC"
_limits = st.builds(Limit, st.none() | st.integers(1, 12), st.none() | st.sampled_from([0.01, 0.5, 1.0, 3.5, 10.0]))
_through = st.lists(st.sets(st.sampled_from(_NAMES), min_size=1), max_size=8)
_steps = st.lists(st.tuples(st.booleans(), _through, st.sampled_from([0.0, 0.1, 0.5, 3.0, 46.0])), max_size=12)


@settings(max_examples=60, deadline=None)
@given(limits=st.fixed_dictionaries(dict.fromkeys(_NAMES, _limits)), steps=_steps)
def test_book_and_script_agree(
    server: Server, limits: dict[str, Limit], steps: list[tuple[bool, list[set[str]], float]]
) -> None:
    """Batch after batch; half of what the batch before was granted is given back in between."""
    forget()
    book, server.now = Book(), NOW
    for number, (urgent, through, passing) in enumerate(steps):
        server.now += passing
        batch = [Asked(100 * number + k, _places(limits, names)) for k, names in enumerate(through)]
        answer = server.acquire(batch, worker="w", holding=0, urgent=urgent).refused
        assert answer == book.acquire(batch, server.now, urgent=urgent)
        ended = [each for each, refused in zip(batch, answer, strict=True) if refused is None][::2]
        book.release({each.holder: [segment for segment, _ in each.through] for each in ended})
        server.release({each.holder: [segment for segment, _ in each.through] for each in ended})


def _places(limits: dict[str, Limit], names: set[str]) -> tuple[tuple[Segment, Limit], ...]:
    return tuple((Segment("cell", name), limits[name]) for name in sorted(names))
