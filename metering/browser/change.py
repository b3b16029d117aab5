"""Changing a whole stretch of one series: what is stored beside what is proposed, in chart, sums and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from aim.web.charts import Chart
from metering.browser.period import Period, Scale, whole
from metering.browser.preview import Preview
from metering.browser.readings import read
from metering.charts import changed_chart
from metering.display import shown_unit
from metering.forms import METHODS, MethodForm
from metering.intervals import DAY_S, to_seconds
from metering.models import Series
from metering.services.editing import MOST_VALUES, Change, DecimalSign, MethodError, refusal_of, token_of
from metering.services.editing.target import Target


@dataclass
class ChangePage:
    """A stretch of `series` to be changed; `form` is the chosen method, None before one is chosen.

    `seen` holds what stood there when the reader looked last, by instant, where that changed meanwhile.
    """

    series: Series
    stretch: Period
    now: datetime
    sign: DecimalSign
    query: Mapping[str, str]
    form: MethodForm | None = None
    reason: str = ""
    problem: str = ""
    seen: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def target(self) -> Target:
        return Target(self.series, self.stretch.start, self.stretch.end, self.stretch.zone, self.now)

    @property
    def refusal(self) -> str:
        """Why nothing can be changed here; empty where it can."""
        if refused := refusal_of(self.series):
            return refused
        if self.length > MOST_VALUES:
            return f"This stretch has {self.length} values; at most {MOST_VALUES} can be changed at a time."
        return "No interval of this stretch has ended yet: there is nothing to change." if self.target.nothing else ""

    @property
    def length(self) -> int:
        """How many values the stretch has room for."""
        return int((self.stretch.end - self.stretch.start).total_seconds()) // (self.series.interval_s or DAY_S)

    @cached_property
    def asked(self) -> bool:
        """Whether the method has everything it needs."""
        return self.form is not None and not self.refusal and self.form.is_valid()

    @cached_property
    def _proposed(self) -> tuple[Change | None, str]:
        if self.form is None or not self.asked:
            return None, ""
        try:
            return self.form.propose(), ""
        except MethodError as error:
            return None, str(error)

    @property
    def change(self) -> Change | None:
        return self._proposed[0]

    @property
    def objection(self) -> str:
        """Why the method cannot be used here."""
        return self._proposed[1]

    @cached_property
    def token(self) -> str:
        return token_of(self.target.before)

    @property
    def unit(self) -> str:
        return shown_unit(self.series)

    @property
    def methods(self) -> list[tuple[str, str, bool]]:
        """Label, link and whether it is chosen, of every method that fits the series."""
        offered = [method for method in METHODS if method.fits(self.series)]
        return [(m.label, self._link(do=m.name), bool(self.form and self.form.name == m.name)) for m in offered]

    @property
    def inputs(self) -> Sequence[tuple[str, str]]:
        """Hidden inputs that keep series, method and decimal sign when the stretch changes."""
        return [(name, self.query[name]) for name in ("series", "do", "decimal") if self.query.get(name)]

    @property
    def form_values(self) -> Mapping[str, str]:
        """The ends of the stretch as text that names every instant, `from` and `to`."""
        return Period(Scale.FREE, self.stretch.start, self.stretch.end, self.stretch.zone).query

    @property
    def sign_url(self) -> str:
        return self._link(**{**self.query, "decimal": self.sign.other.word})

    @property
    def back_url(self) -> str:
        """The values of the period around, in the Data Browser."""
        return f"{reverse('metering:values')}?{urlencode({'series': self.series.pk} | self.shown.query)}"

    @property
    def table_url(self) -> str:
        """Where the values of the chart stand as a table."""
        return "#preview" if self.preview else f"{self.back_url}#table"

    @property
    def chart_url(self) -> str:
        return f"{reverse('metering:change-chart')}?{urlencode(self.query)}"

    @cached_property
    def shown(self) -> Period:
        """The smallest local day, week, month or year around the stretch; the stretch itself where none is."""
        for scale in (Scale.DAY, Scale.WEEK, Scale.MONTH, Scale.YEAR):
            period = whole(scale, self.stretch.first, self.stretch.zone)
            if period.end >= self.stretch.end:
                return period
        return self.stretch

    @cached_property
    def preview(self) -> Preview | None:
        """What the method would do; None where it does nothing or needs more."""
        if self.change is None:
            return None
        before, registers = self.target.before, self.target.difference
        return Preview(self.series, self.stretch.zone, before, self.change, registers, self.seen)

    def drawn(self) -> Chart:
        """The period around as it is stored, the values after the change over it, and the stretch told apart."""
        frame = read([self.series], self.shown, self.now)
        after = self.preview.laid_into(frame.readings[0]) if self.preview and self.preview.count else None
        return changed_chart(frame, after, self.now, (to_seconds(self.stretch.start), to_seconds(self.stretch.end)))

    def _link(self, **query: str) -> str:
        kept = {"series": str(self.series.pk)} | dict(self.form_values)
        if self.query.get("decimal"):
            kept["decimal"] = self.query["decimal"]
        return "?" + urlencode(kept | query)
