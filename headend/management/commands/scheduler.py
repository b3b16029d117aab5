import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from headend.services.ticking import Ticker

_TICK_S = 1.0


class Command(BaseCommand):
    help = "Run due schedules, look for gaps, free what dead workers held. Any number of schedulers may run."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        ticker = Ticker()
        self.stdout.write("scheduler: ticking")
        while not stop.wait(_TICK_S):
            close_old_connections()
            ticker.tick()
