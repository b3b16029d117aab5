import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection

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
            self._tick(ticker)

    def _tick(self, ticker: Ticker) -> None:
        close_old_connections()
        try:
            ticker.tick()
        except OperationalError as error:
            self.stderr.write(f"scheduler: the database is away, trying again: {error}")
            connection.close()
