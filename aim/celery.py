"""The Celery app. Start a worker with `celery -A aim worker`."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import celeryd_init
from celery.worker import state

from aim.env import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")

# The demo may run as root. What the warning is about, code hidden in messages, cannot be: only JSON is accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("aim")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def refuse_bad_settings(**_about_the_worker: object) -> None:
    """Workers do not run the system checks: a bad setting ends them here, by name."""
    env.stop_on_problems()


def stopping() -> bool:
    """True once this worker was asked to end: a long task gives back what it holds and returns."""
    # Celery puts an exit status there, of which 0 counts as asked.
    asked: list[object] = [state.should_stop, state.should_terminate]
    return any(value is not None and value is not False for value in asked)
