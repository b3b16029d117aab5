"""Things the style guide shows: every component with content that looks like work."""

from datetime import UTC, datetime

import numpy as np
from django import forms

from aim.web.charts import Chart, ChartQuality, ChartSeries, IntArray
from aim.web.detail import Fact, TabLink
from aim.web.empty import FAILED, LOADING, NO_MATCH, EmptyState
from aim.web.links import Action, Crumb
from aim.web.svg import Bar, Point, Segment, bars
from aim.web.tones import State

STATES = [
    State("In operation", "ok"),
    State("Discovered", "info"),
    State("Reading", "busy"),
    State("Clock adjusted", "warn"),
    State("Not answering", "bad"),
    State("Removed"),
]
EMPTY_STATES = [
    EmptyState("nothing", "No devices yet", "Import the factory file of your meters to begin.", "#", "Import devices"),
    NO_MATCH,
    EmptyState("forbidden", "Your role does not include events", "It is open to: Metering operator."),
    LOADING,
    FAILED,
]
CRUMBS = [Crumb("Devices", "#"), Crumb("LGZ10004711")]
ACTIONS = [
    Action("Edit", "#", "edit"),
    Action("Remove", "#", "trash", kind="danger"),
    Action("Read now", "#", "play", kind="primary"),
]
STRIP = [
    Fact("State", State("In operation", "ok")),
    Fact("Last contact", datetime(2026, 11, 20, 12, 15, tzinfo=UTC)),
    Fact("Last reading", datetime(2026, 11, 20, 12, 0, tzinfo=UTC)),
    Fact("Firmware", "V12.34.56"),
    Fact("Clock drift", "+2 s"),
    Fact("Installed at", None),
]
TABS = [
    TabLink("Overview", "#", current=True),
    TabLink("Values", "#", current=False),
    TabLink("Events", "#", current=False, count=12),
    TabLink("Communication", "#", current=False),
]
PROGRESS = [
    Segment(164, "confirmed", "ok"),
    Segment(9, "failed", "bad"),
    Segment(4, "unknown", "warn"),
    Segment(11, "sent", "busy"),
]
COMPLETENESS = [98.2, 98.9, 99.4, None, 99.1, 99.6, 99.5, 99.8, 99.9, 99.7, 99.9, 100.0]


class SampleForm(forms.Form):
    """One field of each kind, to show labels, help and errors."""

    serial = forms.CharField(label="Serial number", help_text="Three letters and eight digits, e.g. LGZ10004711.")
    medium = forms.ChoiceField(label="Medium", choices=[("ip", "IP"), ("nbiot", "NB-IoT"), ("plc", "PLC")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    push = forms.BooleanField(
        label="Accept push messages", required=False, help_text="The meter begins the connection."
    )


def completeness_bars() -> list[Bar]:
    """Two weeks of completeness in percent."""
    values = [99.2, 99.6, 99.8, 99.7, 97.1, 99.9, 99.9, 100.0, 99.8, 99.9, 92.4, 99.5, 99.9, 100.0]
    points = [
        Point(value, f"{day} Nov", f"{value} %", "warn" if value < 98 else "") for day, value in enumerate(values, 7)
    ]
    return bars(points, maximum=100)


def sample_chart(days: int) -> Chart:
    """A household at 15 minutes over `days` days, made up: gaps, estimated and suspect stretches included."""
    n = days * 96
    present, codes = np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.uint8)
    present[n // 3 : n // 3 + min(40, n // 20)] = False
    codes[n // 2 : n // 2 + min(48, n // 10)] = 2
    codes[n * 3 // 4 : n * 3 // 4 + 6] = 1
    used, fed_in = _household(n)
    series = [
        ChartSeries(1, "Active energy import", "Wh", 0, "consumption", used, present, codes),
        ChartSeries(2, "Active energy export", "Wh", 0, "consumption", fed_in, np.ones(n, dtype=np.bool_)),
    ]
    qualities = [ChartQuality(1, "Suspect", "warn", "!"), ChartQuality(2, "Estimated", "busy", "~")]
    start = int(datetime(2026, 11, 20, 22, tzinfo=UTC).timestamp()) - days * 86400
    return Chart(start, 900, "Europe/Helsinki", series, qualities)


def _household(n: int) -> tuple[IntArray, IntArray]:
    """Import and export in Wh of `n` quarter hours: mornings, evenings, winters, and a roof with panels."""
    noise, slot = np.random.default_rng(7), np.arange(n) % 96
    season = 1 + 0.5 * np.cos(np.arange(n) / 96 / 365 * 2 * np.pi)
    daily = 90 + 60 * np.exp(-(((slot - 30) / 7) ** 2)) + 160 * np.exp(-(((slot - 76) / 11) ** 2))
    sun = np.clip(np.sin((slot - 28) / 40 * np.pi), 0, None) * ((slot > 28) & (slot < 68))
    used = daily * season * noise.gamma(6, 1 / 6, n)
    return used.astype(np.int64), (sun * (2.2 - season) * 150 * noise.uniform(0.3, 1, n)).astype(np.int64)
