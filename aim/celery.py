"""The Celery app. Start a worker with `celery -A aim worker`."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")

# The demo may run as root. What the warning is about, code hidden in messages, cannot be: only JSON is accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("aim")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
