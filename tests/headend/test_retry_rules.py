"""Retry rules of a utility: typed, bounded, one and a half times possible, and used when sessions end."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from access.models import Utility
from headend import causes
from headend.causes import RetryPolicy
from headend.models import JobItem, RetryRule
from headend.plan import Readings, Trace
from headend.retry import policies, wait
from headend.services import leases
from headend.storing import Outcome, store_outcomes
from tests.factories import make_utility
from tests.headend.claiming import claim, expire_leases, job_over, utility_with

pytestmark = pytest.mark.django_db


def _rule(utility: Utility, cause: str = causes.NO_ANSWER, **fields: object) -> RetryRule:
    rule = RetryRule(utility=utility, cause=cause, **fields)
    rule.full_clean()
    rule.save()
    return rule


def _fail(item: JobItem, cause: str) -> None:
    trace = Trace(timezone.now(), 0.5, "", (), 0, 0, cause)
    store_outcomes([Outcome(item, None, Readings(), trace)], owner="a")


def test_a_wait_may_grow_by_half() -> None:
    """headend.md §4 row 14: a factor that is no whole number."""
    policy = RetryPolicy(attempts=6, wait_s=40, factor=Decimal("1.5"), longest_s=150)
    assert [policy.wait_after(attempt) for attempt in range(1, 7)] == [40, 60, 90, 135, 150, None]


def test_the_rule_of_the_utility_comes_before_the_default() -> None:
    utility, other = make_utility(), make_utility("other")
    _rule(utility, attempts=2, first_wait_s=10)
    found = policies([utility.pk, other.pk])
    assert found.of(utility.pk, causes.NO_ANSWER).attempts == 2
    assert found.of(other.pk, causes.NO_ANSWER) == causes.rule(causes.NO_ANSWER).policy


def test_a_session_is_tried_again_by_the_rule_and_keeps_its_first_and_last_cause() -> None:
    """headend.md §4 row 13: the first and the last real cause stay, whatever ends the item."""
    utility = utility_with(1)
    _rule(utility, attempts=2, first_wait_s=0, longest_wait_s=0)
    job = job_over(utility)
    _fail(claim("a")[0].item, "garbage")
    JobItem.objects.update(not_before=timezone.now())
    _fail(claim("a")[0].item, causes.NO_ANSWER)
    item = job.items.get()
    assert (item.state, item.attempts, item.first_cause, item.last_cause) == ("failed", 2, "garbage", "no_answer")


def test_the_spread_is_as_wide_as_the_rule_says() -> None:
    steady = wait(RetryPolicy(wait_s=100, jitter_percent=0), 1)
    waits = [wait(RetryPolicy(wait_s=100, jitter_percent=50), 1) for _ in range(200)]
    seconds = [each.total_seconds() for each in waits if each]
    assert steady is not None and steady.total_seconds() == 100
    assert 50 <= min(seconds) < 75 and 125 < max(seconds) <= 150


def test_lost_workers_are_counted_by_the_rule_too() -> None:
    utility = utility_with(1)
    _rule(utility, causes.WORKER_LOST, attempts=1)
    job = job_over(utility)
    claim("dead")
    expire_leases()
    leases.sweep()
    assert job.items.get().state == "failed"


@pytest.mark.parametrize(
    "fields",
    [
        {"attempts": 0},
        {"attempts": 21},
        {"factor": Decimal("0.9")},
        {"factor": Decimal("1.555")},
        {"first_wait_s": 1000, "longest_wait_s": 900},
        {"longest_wait_s": 100_000},
        {"jitter_percent": 101},
        {"cause": "no_such_cause"},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _rule(make_utility(), **fields)  # type: ignore[arg-type]
