"""The numbers on top of the dashboard, each with its meaning and the list behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from aim.web.formats import grouped
from devices.clock import NOTICE_S

_VERDICTS = {"ok": "good", "warn": "fair", "bad": "poor", "muted": "nothing yet"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number as `components/tile.html` draws it; `tone` colours `trend`, never the number alone."""

    label: str
    number: str
    unit: str = ""
    tone: str = ""
    trend: str = ""
    note: str = ""
    url: str = ""


def tiles(shown: Mapping[str, Any], today: date) -> list[Tile]:
    """The tiles for the parts of the dashboard that are in `shown`."""
    found = []
    if "reading" in shown:
        found.append(_reading(shown["reading"], today))
    if "completeness" in shown:
        found.append(_complete(shown["completeness"], shown["missing_url"]))
    if "silent" in shown:
        found += [_silent(shown["silent_count"], shown["device_count"]), _clocks(shown["clock_count"])]
    if "point_count" in shown:
        found.append(_energy(shown["energy"], shown["point_count"]))
    return found


def _reading(reading: Any, today: date) -> Tile:
    progress = reading.total.progress
    url = f"{reverse('headend:jobs')}?{urlencode({'created_after': today.isoformat()})}"
    note = f"{grouped(progress.failed + progress.expired)} failed"
    return Tile("Reading success today", reading.text, "%", reading.tone, _VERDICTS[reading.tone], note, url)


def _complete(completeness: Any, url: str) -> Tile:
    total = completeness.total
    note, verdict = f"{grouped(total.missing)} missing", _VERDICTS[completeness.tone]
    return Tile("Complete, last 30 days", completeness.text, "%", completeness.tone, verdict, note, url)


def _silent(count: int, devices: int) -> Tile:
    tone = "bad" if count else "ok"
    url = f"{reverse('devices:devices')}?answers=no&sort=contact"
    return Tile("Not answering", grouped(count), "", tone, f"of {grouped(devices)} devices", url=url)


def _clocks(count: int) -> Tile:
    tone, trend = ("warn", f"by more than {NOTICE_S} s") if count else ("ok", "all right")
    url = f"{reverse('devices:devices')}?clock={NOTICE_S}&sort=-clock"
    return Tile("Clocks off", grouped(count), "", tone, trend, "", url)


def _energy(energy: str, points: int) -> Tile:
    note = f"{grouped(points)} metering points"
    return Tile("Energy yesterday", energy, "kWh", note=note, url=reverse("metering:points"))
