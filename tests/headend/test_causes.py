"""Every cause has words, advice and a rule; waiting grows and ends."""

import pytest

from headend import causes
from protocols.errors import Cause


@pytest.mark.parametrize("cause", list(Cause), ids=lambda cause: cause.value)
def test_every_cause_of_the_protocols_has_a_rule(cause: Cause) -> None:
    rule = causes.RULES[cause.value]
    assert rule.text
    assert rule.advice
    assert rule.attempts >= 1


def test_waiting_doubles_up_to_a_bound_and_then_ends() -> None:
    rule = causes.Rule("", "", attempts=8, wait_s=30)
    assert [rule.wait_after(attempt) for attempt in range(1, 9)] == [30, 60, 120, 240, 480, 900, 900, None]


def test_lost_workers_use_up_no_item_before_its_device_was_tried_as_often_as_any_cause_grants() -> None:
    others = max(rule.attempts for cause, rule in causes.RULES.items() if cause != causes.WORKER_LOST)
    assert causes.rule(causes.WORKER_LOST).attempts == 2 * others


def test_a_cause_nobody_knows_any_more_still_has_words() -> None:
    assert causes.rule("from an older release").text
