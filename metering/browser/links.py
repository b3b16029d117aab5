"""The query strings of the Data Browser: relative, so that the same component works on its own page and in a tab."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from metering.browser.period import Period
from metering.models import Series


@dataclass(frozen=True)
class Links:
    """Builds `?series=…&period=…`; `compare` says that the period before is laid over."""

    series: tuple[int, ...]
    period: Period
    compare: bool = False

    @property
    def here(self) -> str:
        return self._query(self.period)

    def to(self, period: Period) -> str:
        """The same series over another period."""
        return self._query(period)

    def with_series(self, series: Series) -> str:
        return replace(self, series=(*self.series, series.pk)).here

    def of(self, series: Iterable[Series]) -> str:
        """These series instead, over the same period."""
        return replace(self, series=tuple(row.pk for row in series)).here

    def without_series(self, series: Series) -> str:
        return replace(self, series=tuple(pk for pk in self.series if pk != series.pk)).here

    def comparing(self, compare: bool) -> str:
        return replace(self, compare=compare).here

    @property
    def inputs(self) -> Sequence[tuple[str, str]]:
        """Hidden inputs that keep series and comparison when a form changes the period."""
        return list(self._kept().items())

    def _kept(self) -> dict[str, str]:
        series = {"series": ",".join(map(str, self.series))} if self.series else {}
        return series | ({"compare": "before"} if self.compare else {})

    def _query(self, period: Period) -> str:
        return "?" + urlencode(self._kept() | period.query, safe=",:")
