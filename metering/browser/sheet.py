"""The table in edit mode: one series with an input per value, beside it what else is shown; works as a plain form.

Inputs are named by their instant, so that the two 02:00 of an autumn day are two inputs. The form carries what was seen
when it was made; what is typed is compared with that, and saved only where nothing else changed meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from metering.browser.cells import Cell, day_name, hours_of, value_cells
from metering.browser.compared import Head, Shown
from metering.browser.links import change_url
from metering.browser.page import Browser
from metering.browser.preview import quality_words
from metering.browser.readings import Ints
from metering.display import number, quality_of, shown_exponent, shown_unit
from metering.intervals import to_instant
from metering.models import Series
from metering.quality import Quality
from metering.services.editing import (
    DecimalSign,
    NumberError,
    Slots,
    parse_value,
    read_slots,
    refusal_of,
    token_of,
    write_value,
)
from metering.services.editing.stands import Difference, register_difference
from metering.store import NO_VALUE

MOST_INPUTS = 800
"""A week of quarter hours; Django takes at most 1,000 fields of a form."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: `text` is what stands in the input, `stored` what it was made with.

    `error` says why the text is no value; `seen` what was stored when the form was made, where that is no longer so.
    """

    name: str
    time: str
    text: str
    stored: str
    mark: str
    quality: str
    tone: str
    beside: Sequence[Cell]
    error: str = ""
    seen: str = ""

    @property
    def changed(self) -> bool:
        return self.text != self.stored


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    entries: Sequence[Entry]


@dataclass
class Sheet:
    """`typed` holds what came back from the form by input name; `seen` what it was made with, where that changed."""

    browser: Browser
    series: Series
    slots: Slots
    sign: DecimalSign
    typed: Mapping[str, str] = field(default_factory=dict)
    seen: Slots | None = None
    reason: str = ""
    problem: str = ""

    @property
    def refusal(self) -> str:
        """Why nothing can be edited here; empty where it can."""
        if refused := refusal_of(self.series):
            return refused
        if len(self.slots) > MOST_INPUTS:
            return (
                f"This period has {len(self.slots)} values; at most {MOST_INPUTS} can be edited one by one. "
                "Choose a shorter period, or change the whole period at once."
            )
        return "" if len(self.slots) else "No interval of this period has ended yet: there is nothing to edit."

    @property
    def unit(self) -> str:
        return shown_unit(self.series)

    @property
    def exponent(self) -> int:
        return shown_exponent(self.series)

    @property
    def decimals(self) -> int:
        """Digits after the decimal sign."""
        return max(-self.exponent, 0)

    @cached_property
    def token(self) -> str:
        return token_of(self.slots)

    @property
    def summed(self) -> bool:
        return self.series.kind == Series.Kind.CONSUMPTION

    @property
    def total(self) -> int:
        return int(self.slots.values[self.slots.present].sum())

    @property
    def total_text(self) -> str:
        return number(self.total, self.exponent)

    @cached_property
    def difference(self) -> Difference | None:
        """What the registers say was used over the period."""
        return register_difference(self.series, self.browser.period.start, self.browser.period.end)

    @property
    def difference_text(self) -> str:
        return number(self.difference.total, self.exponent) if self.difference else ""

    @property
    def off_text(self) -> str:
        """The stored sum minus the difference of the registers."""
        return number(self.total - self.difference.total, self.exponent) if self.difference else ""

    @property
    def heads(self) -> list[Head]:
        """The other series, read only."""
        return [head for shown in self._others for head in shown.heads[:1]]

    @property
    def width(self) -> int:
        return len(self.heads) + 3

    @property
    def back_url(self) -> str:
        return self.browser.links.but(edit=0, decimal=None)

    @property
    def change_url(self) -> str:
        """The page that changes this period as a whole."""
        return change_url(self.series, self.browser.period)

    @property
    def sign_url(self) -> str:
        """The same sheet with the other decimal sign."""
        return self.browser.links.but(decimal=self.sign.other)

    @cached_property
    def days(self) -> list[Day]:
        """The inputs by local day; headings only where there are several days or one of unusual length."""
        if self.refusal:
            return []
        zone, period = self.browser.period.zone, self.browser.period
        entries = zip((to_instant(s).astimezone(zone) for s in self.slots.at.tolist()), self._entries(), strict=True)
        days = [(day, [entry for _, entry in group]) for day, group in groupby(entries, key=lambda row: row[0].date())]
        lengths = [hours_of(day, period) for day, _ in days]
        alone = len(days) == 1 and lengths == [24]
        return [
            Day("" if alone else day_name(day, hours), own) for (day, own), hours in zip(days, lengths, strict=True)
        ]

    def parsed(self) -> tuple[Ints, dict[str, str]]:
        """The values typed, (m,), those not sent as they were seen; and by input name what is wrong with the others."""
        values, problems = self.slots.values.copy(), {}
        for place, second in enumerate(self.slots.at.tolist()):
            name = f"v{second}"
            if name in self.typed and self.typed[name] != self._stored(place):
                try:
                    values[place] = parse_value(self.typed[name], self.exponent, self.sign)
                except NumberError as error:
                    problems[name] = str(error)
        return values, problems

    @property
    def _others(self) -> list[Shown]:
        return [shown for shown in self.browser.columns if shown.readings.series.pk != self.series.pk]

    def _entries(self) -> Iterator[Entry]:
        _values, problems = self.parsed()
        beside = [value_cells(shown.readings, self.slots.at) for shown in self._others]
        for place, second in enumerate(self.slots.at.tolist()):
            name, stored, code = f"v{second}", self._stored(place), int(self.slots.quality[place])
            shown = quality_of(code)
            yield Entry(
                name,
                self._time(second),
                self.typed.get(name, stored),
                stored,
                mark="" if code == Quality.MEASURED else shown.symbol,
                quality=quality_words(code),
                tone="" if code == Quality.MEASURED else shown.tone,
                beside=[column[place] for column in beside],
                error=problems.get(name, ""),
                seen=self._seen(place),
            )

    def _stored(self, place: int) -> str:
        return write_value(int(self.slots.values[place]), self.exponent, self.sign)

    def _seen(self, place: int) -> str:
        if self.seen is None or not self.slots.differs_from(self.seen)[place]:
            return ""
        value = int(self.seen.values[place])
        text = "" if value == NO_VALUE else f"{number(value, self.exponent)} {self.unit}, "
        return text + quality_words(int(self.seen.quality[place]))

    def _time(self, second: int) -> str:
        """The zone is named on days on which an hour comes twice or not at all."""
        local = to_instant(second).astimezone(self.browser.period.zone)
        if not self.series.is_profile:
            return f"{local:%H:%M %Z}"
        return f"{local:%H:%M %Z}" if hours_of(local.date(), self.browser.period) != 24 else f"{local:%H:%M}"


def sheet(browser: Browser, sign: DecimalSign) -> Sheet | None:
    """The sheet of the series the options name; None where they name none."""
    place = browser.options.edit - 1
    if not 0 <= place < len(browser.series):
        return None
    series = browser.series[place]
    slots = read_slots(series, browser.period.start, browser.period.end, now=browser.now)
    return Sheet(browser, series, slots, browser.options.decimal or sign)
