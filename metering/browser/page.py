"""What the Data Browser shows, as one view model; its own page and the Values tab of a metering point share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse

from aim.web.links import Action
from metering.browser.compared import Other, Shown
from metering.browser.figures import SeriesFigures, figures
from metering.browser.links import Links
from metering.browser.notes import Note
from metering.browser.options import USUAL, Options, Sums, parse_options
from metering.browser.period import Period, PeriodError, Scale, parse, whole
from metering.browser.readings import Frame, Readings, read
from metering.browser.selection import labels
from metering.browser.table import ValueTable, listable, table
from metering.display import shown_unit
from metering.models import Series
from metering.services.editing import refusal_of

_SCALES = ((Scale.DAY, "Day"), (Scale.WEEK, "Week"), (Scale.MONTH, "Month"), (Scale.YEAR, "Year"))
_SUMS = (
    (Sums.VALUES, "Values"), (Sums.DAY, "Per day"), (Sums.WEEK, "Per week"), (Sums.MONTH, "Per month"),
    (Sums.YEAR, "Per year"),
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A link to one of several ways to show the same; `key` is its shortcut."""

    label: str
    url: str
    current: bool
    key: str = ""


@dataclass
class Browser:
    """The chosen series over the period of the URL, at the instant `now`.

    `against` is the series compared with, `notes` the comments on the values, `actions` what other apps offer to do.
    """

    series: Sequence[Series]
    period: Period
    now: datetime
    options: Options = USUAL
    problem: str = ""
    against: Series | None = None
    notes: Sequence[Note] = ()
    actions: Sequence[Action] = ()

    @property
    def links(self) -> Links:
        return Links(tuple(each.pk for each in self.series), self.period, self.options)

    @cached_property
    def _read(self) -> Frame:
        """The chosen series, and the one compared with behind them."""
        return read([*self.series, *([self.against] if self.against else [])], self.period, self.now)

    @property
    def frame(self) -> Frame:
        return replace(self._read, readings=self._read.readings[: len(self.series)])

    @property
    def drawn(self) -> Frame:
        """What the chart lays side by side, each series once."""
        return self.frame if self.against in self.series else self._read

    @cached_property
    def earlier(self) -> Frame | None:
        """The same series over the period they are compared with."""
        other = self.other_period
        return read(self.series, other, self.now) if other else None

    @cached_property
    def other_period(self) -> Period | None:
        return self.options.other(self.period)

    @cached_property
    def figures(self) -> list[SeriesFigures]:
        return figures(self.frame, self.links)

    @cached_property
    def columns(self) -> list[Shown]:
        """The chosen series with what each is compared with."""
        rows = list(zip(labels(self.series), self.frame.readings, strict=True))
        return [Shown(name, key, each, self.period, self._other(key, each)) for key, (name, each) in enumerate(rows, 1)]

    def _other(self, key: int, readings: Readings) -> Other | None:
        if self.earlier is not None:
            return Other(self.earlier.period.title, self.earlier.readings[key - 1], self.earlier.period)
        if self.against is None or _quantity(self.against) != _quantity(readings.series):
            return None
        named = list(dict.fromkeys([*self.series, self.against]))
        return Other(labels(named)[named.index(self.against)], self._read.readings[-1], self.period)

    @cached_property
    def table(self) -> ValueTable:
        return table(self.columns, self.links, self.notes)

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
    def scales(self) -> list[Choice]:
        today = self.today
        return [
            Choice(label, self.links.to(self.period.around(scale, today)), scale == self.period.scale, scale[0])
            for scale, label in _SCALES
        ]

    @property
    def sums(self) -> list[Choice]:
        """What a row of the table may stand for; single values only where they can be listed."""
        listed, shown = listable(self.columns, self.links), self.table.sums
        offered = [each for each in _SUMS if each[0] != Sums.VALUES or listed]
        return [Choice(label, self.links.but(sums=sums) + "#table", sums == shown) for sums, label in offered]

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
    def compared(self) -> str:
        """What is compared with, in words; empty where nothing is."""
        if self.other_period:
            return self.other_period.title
        return str(self.against) if self.against else ""

    @property
    def compare_problem(self) -> str:
        """Why there is no difference to the series compared with; empty where there is one, or none is compared."""
        if self.against is None or any(column.other for column in self.columns):
            return ""
        unit = shown_unit(self.against)
        return f"There is no difference to {self.against} in {unit}: what is shown is another quantity or unit."

    @property
    def comparisons(self) -> list[Choice]:
        """Other periods to compare with."""
        offered = (("before", "The period before", "c"), ("year", "The same period last year", ""))
        return [
            Choice(label, self.links.but(compare=name, against=0), self.options.compare == name, key)
            for name, label, key in offered
        ]

    @property
    def others(self) -> list[Choice]:
        """The other chosen series, as what the first is compared with."""
        names = zip(self.series[1:], labels(self.series)[1:], strict=True)
        return [
            Choice(label, self.links.but(compare="", against=each.pk), self.options.against == each.pk)
            for each, label in names
        ]

    @property
    def compare_url(self) -> str:
        """Ends the comparison."""
        return self.links.but(compare="", against=0)

    @property
    def compare_day(self) -> str:
        """The first day of the period compared with, for the form that chooses another."""
        return (self.other_period or self.period.moved(-1)).first.isoformat()

    @property
    def compare_inputs(self) -> Sequence[tuple[str, str]]:
        """Hidden inputs of that form."""
        kept = replace(self.links, options=self.options.but(compare="", against=0))
        return [*kept.inputs, *self.period.query.items()]

    @property
    def edit_url(self) -> str:
        """The table in edit mode, for the first series somebody can edit; nothing where there is none."""
        place = next((n for n, each in enumerate(self.series, 1) if not refusal_of(each)), 0)
        return f"{reverse('metering:values')}{self.links.but(edit=place)}" if place else ""

    @property
    def form_values(self) -> dict[str, str]:
        """The ends of the period as the form for a free period shows them, local."""
        zone = self.period.zone
        ends = {"from": self.period.start, "to": self.period.end}
        return {name: f"{end.astimezone(zone):%Y-%m-%dT%H:%M}" for name, end in ends.items()}

    @property
    def edges(self) -> Mapping[str, str]:
        """The ends of the period as text that names every instant, `from` and `to`."""
        return Period(Scale.FREE, self.period.start, self.period.end, self.period.zone).query

    def _moved(self, by: int) -> str:
        try:
            return self.links.to(self.period.moved(by))
        except PeriodError:
            return ""


def _quantity(series: Series) -> tuple[str, str]:
    """What must be the same for a difference to mean anything: a stand is compared with stands only."""
    return series.kind, shown_unit(series)


def browser(series: Sequence[Series], query: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Browser:
    """The Data Browser in the state the URL names; a period that makes no sense becomes this week, and is said."""
    today = now.astimezone(zone).date()
    try:
        period, options = parse(query, zone, today), parse_options(query)
        options.other(period)
        return Browser(series, period, now, options)
    except PeriodError as error:
        return Browser(series, whole(Scale.WEEK, today, zone), now, problem=str(error))
