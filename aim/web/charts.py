"""The series chart's input: columns, not points. A year of 15-minute values is one array of 35,040 integers.

`static/js/chart.js` draws it; `docs/explanation/web.md` describes the format for other readers of it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson
from django.http import HttpResponse

from aim.web.tones import Tone

Kind: TypeAlias = Literal["consumption", "stand", "instantaneous"]
IntArray: TypeAlias = npt.NDArray[np.int64]
CodeArray: TypeAlias = npt.NDArray[np.uint8]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ChartQuality:
    """How one quality code is shown: words, tone and a one-character symbol. Code 0 (good) carries no mark."""

    code: int
    label: str
    tone: Tone
    symbol: str


@dataclass(frozen=True)
class ChartSeries:
    """One series over the chart's period.

    `values`: integers of 10^`exponent` `unit`, one per step (shape n). `present`: which of them exist (shape n).
    `quality`: one code per step (shape n), None when all are 0.
    """

    id: int
    label: str
    unit: str
    exponent: int
    kind: Kind
    values: IntArray
    present: BoolArray
    quality: CodeArray | None = None

    def columns(self) -> dict[str, Any]:
        """The series as JSON columns: null where no value exists, quality as runs of (code, count)."""
        values: list[int | None] = self.values.tolist()
        for slot in np.flatnonzero(~self.present).tolist():
            values[slot] = None
        return {
            "id": self.id, "label": self.label, "unit": self.unit, "exponent": self.exponent, "kind": self.kind,
            "values": values, "quality": runs(self.quality) if self.quality is not None else [],
        }  # fmt: skip


@dataclass(frozen=True)
class ChartNote:
    """What somebody noted about series `series` from `start` up to `end` (Unix seconds), shown by its `number`."""

    number: int
    series: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Chart:
    """Series over one period: `start` in Unix seconds, `step` in seconds, `zone` an IANA name for the time axis.

    `marked`: a stretch (start, end) that is told apart, such as the one somebody is about to change.
    """

    start: int
    step: int
    zone: str
    series: Sequence[ChartSeries] = ()
    qualities: Sequence[ChartQuality] = field(default=())
    notes: Sequence[ChartNote] = ()
    marked: tuple[int, int] | None = None

    def as_json(self) -> bytes:
        """The document `chart.js` reads. Raises `ValueError` when the series do not have the same length."""
        lengths = {len(series.values) for series in self.series}
        if len(lengths) > 1:
            raise ValueError(f"Series of one chart must have one length, not {sorted(lengths)}.")
        return orjson.dumps(
            {
                "start": self.start, "step": self.step, "zone": self.zone,
                "series": [series.columns() for series in self.series],
                "qualities": [asdict(quality) for quality in self.qualities],
                "notes": [asdict(note) for note in self.notes], "marked": self.marked,
            }
        )  # fmt: skip


def runs(codes: CodeArray) -> list[list[int]]:
    """Run-length form of `codes` (shape n): [[code, count], …]; the counts add up to n."""
    if not len(codes):
        return []
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    counts = np.diff(np.append(starts, len(codes)))
    return np.column_stack((codes[starts], counts)).astype(np.int64).tolist()  # type: ignore[no-any-return]


def chart_response(chart: Chart) -> HttpResponse:
    """The chart as an `application/json` answer."""
    return HttpResponse(chart.as_json(), content_type="application/json")
