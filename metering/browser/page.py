"""What the Data Browser shows, as one view model; its own page and the Values tab of a metering point share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse

from metering.browser.figures import SeriesFigures, figures
from metering.browser.links import Links
from metering.browser.period import Period, PeriodError, Scale, parse, whole
from metering.browser.readings import Frame, read
from metering.browser.table import ValueTable, table
from metering.models import Series

_SCALES = ((Scale.DAY, "Day"), (Scale.WEEK, "Week"), (Scale.MONTH, "Month"), (Scale.YEAR, "Year"))


@dataclass(frozen=True)
class ScaleLink:
    """A link to the period of one scale; `key` is its shortcut."""

    label: str
    url: str
    key: str
    current: bool


@dataclass
class Browser:
    """The chosen series over the period of the URL, at the instant `now`."""

    series: Sequence[Series]
    period: Period
    now: datetime
    compare: bool = False
    problem: str = ""

    @property
    def links(self) -> Links:
        return Links(tuple(each.pk for each in self.series), self.period, self.compare)

    @cached_property
    def frame(self) -> Frame:
        return read(self.series, self.period, self.now)

    @cached_property
    def figures(self) -> list[SeriesFigures]:
        return figures(self.frame, self.links)

    @cached_property
    def table(self) -> ValueTable:
        return table(self.frame, self.links)

    @property
    def chart_url(self) -> str:
        return reverse("metering:chart") + self.links.here

    @property
    def csv_url(self) -> str:
        return f"{reverse('metering:values')}{self.links.here}&format=csv"

    @property
    def browser_url(self) -> str:
        """The same in the Data Browser, where further series can be added."""
        return reverse("metering:values") + self.links.here

    @property
    def scales(self) -> list[ScaleLink]:
        today = self.today
        return [
            ScaleLink(label, self.links.to(self.period.around(scale, today)), scale[0], scale == self.period.scale)
            for scale, label in _SCALES
        ]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.period.zone).date()

    @property
    def previous_url(self) -> str:
        return self._moved(-1)

    @property
    def next_url(self) -> str:
        """The next period, as long as it has begun."""
        return "" if self.period.end > self.now else self._moved(1)

    @property
    def today_url(self) -> str:
        """The current period of the same scale; nothing where it is shown already."""
        if self.period.start <= self.now < self.period.end:
            return ""
        scale = Scale.WEEK if self.period.scale == Scale.FREE else self.period.scale
        return self.links.to(whole(scale, self.today, self.period.zone))

    @property
    def compare_url(self) -> str:
        """Switches the comparison with the period before on or off."""
        return self.links.comparing(not self.compare)

    @property
    def form_values(self) -> dict[str, str]:
        """The ends of the period as the form for a free period shows them, local."""
        zone = self.period.zone
        ends = {"from": self.period.start, "to": self.period.end}
        return {name: f"{end.astimezone(zone):%Y-%m-%dT%H:%M}" for name, end in ends.items()}

    @cached_property
    def earlier(self) -> Frame | None:
        """The same series over the period before, when they are compared."""
        return read(self.series, self.period.moved(-1), self.now) if self.compare else None

    def _moved(self, by: int) -> str:
        try:
            return self.links.to(self.period.moved(by))
        except PeriodError:
            return ""


def browser(series: Sequence[Series], query: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Browser:
    """The Data Browser in the state the URL names; a period that makes no sense becomes this week, and is said."""
    today = now.astimezone(zone).date()
    compare = query.get("compare") == "before"
    try:
        return Browser(series, parse(query, zone, today), now, compare)
    except PeriodError as error:
        return Browser(series, whole(Scale.WEEK, today, zone), now, compare, str(error))
