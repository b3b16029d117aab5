"""The tick: one duty that fails keeps no other from being done, and is done again soon."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from headend.services.duties import AGAIN, Duty


@pytest.mark.parametrize("error", [KeyError("a fault of ours"), OperationalError("the server is away")])
@pytest.mark.django_db(transaction=True)
def test_a_duty_that_fails_is_told_and_done_again_soon(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise error

    now = timezone.now()
    duty = Duty(fail, timedelta(hours=1), due_at=now)
    duty.do_if_due(now)
    assert duty.due_at == now + AGAIN
    (told,) = caplog.records
    assert "fail" in told.getMessage()
    assert (told.levelname, told.exc_info is not None) == (
        ("ERROR", True) if isinstance(error, KeyError) else ("WARNING", False)
    )


def test_a_duty_is_done_when_due_and_then_not_before_its_time() -> None:
    done: list[int] = []
    now = timezone.now()
    duty = Duty(lambda: done.append(1), timedelta(minutes=1), due_at=now)
    for seconds in (-1, 0, 59, 60):
        duty.do_if_due(now + timedelta(seconds=seconds))
    assert len(done) == 2
