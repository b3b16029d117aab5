"""The query strings of the Data Browser: relative, so that the same component works on its own page and in a tab."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from metering.browser.options import USUAL, Options
from metering.browser.period import Period, Scale
from metering.models import Series


@dataclass(frozen=True)
class Links:
    """Builds `?series=…&period=…`, with the options that are on."""

    series: tuple[int, ...]
    period: Period
    options: Options = USUAL

    @property
    def here(self) -> str:
        return "?" + urlencode(self._kept() | self.period.query, safe=",:")

    def to(self, period: Period) -> str:
        """The same series over another period."""
        moved = self.options.moved((period.first - self.period.first).days)
        return replace(self, period=period, options=moved).here

    def single(self, period: Period) -> str:
        """The same series over another period, its rows as its length asks for."""
        return replace(self, options=self.options.but(sums=None)).to(period)

    def with_series(self, series: Series) -> str:
        return replace(self, series=(*self.series, series.pk)).here

    def of(self, series: Iterable[Series]) -> str:
        """These series instead, over the same period."""
        return replace(self, series=tuple(row.pk for row in series)).here

    def without_series(self, series: Series) -> str:
        kept = tuple(pk for pk in self.series if pk != series.pk)
        return replace(self, series=kept, options=self.options.but(edit=0)).here

    def but(self, **options: Any) -> str:
        """The same with other options."""
        return replace(self, options=self.options.but(**options)).here

    @property
    def inputs(self) -> Sequence[tuple[str, str]]:
        """Hidden inputs that keep series and options when a form changes the period."""
        return list(self._kept().items())

    @property
    def all_inputs(self) -> Sequence[tuple[str, str]]:
        """Hidden inputs that keep everything."""
        return [*self.inputs, *self.period.query.items()]

    def _kept(self) -> dict[str, str]:
        series = {"series": ",".join(map(str, self.series))} if self.series else {}
        return series | self.options.query


def change_url(series: Series, period: Period, **query: str) -> str:
    """The page that changes values of `series` over a stretch; `query` names the method."""
    stretch = Period(Scale.FREE, period.start, period.end, period.zone)
    return f"{reverse('metering:change')}?{urlencode({'series': series.pk} | stretch.query | query)}"
