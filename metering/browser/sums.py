"""The table of sums: a row per local day, week, month or year, and for one series its spread and completeness too."""

from collections.abc import Sequence

from metering.browser.buckets import Buckets, Extremes, edges_of, extremes, gather
from metering.browser.cells import NOTHING, Cell, Row, Section
from metering.browser.compared import Head, Shown, side_by_side
from metering.browser.links import Links
from metering.browser.period import Period, Scale, whole
from metering.browser.readings import Readings
from metering.display import number, shown_exponent, shown_unit
from metering.intervals import to_instant
from metering.models import Series

_SUM = {Series.Kind.CONSUMPTION: "Sum", Series.Kind.STAND: "First stand", Series.Kind.INSTANTANEOUS: "Mean"}


def spread_shown(columns: Sequence[Shown]) -> bool:
    """Lowest, highest, mean and completeness have room beside one profile series that is not compared."""
    return len(columns) == 1 and columns[0].width == 1 and columns[0].readings.step_s > 0


def spread_heads(shown: Shown) -> list[Head]:
    """The headings of one series with its spread."""
    unit = shown_unit(shown.readings.series)
    own = Head(f"{_SUM[Series.Kind(shown.readings.series.kind)]} ({unit})", shown.key)
    return [own, Head("Lowest"), Head("Highest"), Head("Mean"), Head("Complete")]


def sections(columns: Sequence[Shown], scale: Scale, links: Links) -> list[Section]:
    """All rows in one section: those in which a value exists or should."""
    period = links.period
    edges = edges_of(scale, period)
    cells = side_by_side([column.buckets(scale) for column in columns])
    if spread_shown(columns):
        readings = columns[0].readings
        gathered, spread = gather(readings, edges), extremes(readings, edges)
        cells = [[*row, *_spread(readings, gathered, spread, k)] for k, row in enumerate(cells)]
    starts = [to_instant(edge) for edge in edges[:-1].tolist()]
    ends = [to_instant(edge) for edge in edges[1:].tolist()]
    spans = [Period(Scale.FREE, *span, period.zone) for span in zip(starts, ends, strict=True)]
    rows = [_row(span, scale, row, links) for span, row in zip(spans, cells, strict=True)]
    shown = [row for row in rows if any(cell.text != "–" or cell.missing or cell.note for cell in row.cells)]
    return [Section(shown)]


def totalled(columns: Sequence[Shown], rows: Sequence[Row]) -> bool:
    """Whether a row for the whole period adds something: not below a single row, and not for stands."""
    return len(rows) > 1 and any(column.readings.series.kind != Series.Kind.STAND for column in columns)


def total_row(columns: Sequence[Shown], *, padding: int = 0, spread: bool = False) -> Row:
    """Sum (or mean) of the whole period in every column, below `padding` empty cells; `spread` beside it."""
    cells = [*[NOTHING] * padding, *(cell for column in columns for cell in column.total())]
    if spread:
        readings, edges = columns[0].readings, edges_of(Scale.YEAR, columns[0].period)[[0, -1]]
        cells += _spread(readings, gather(readings, edges), extremes(readings, edges), 0)
    added = all(column.readings.series.kind == Series.Kind.CONSUMPTION for column in columns)
    return Row("Total" if added else "Whole period", cells)


def _spread(readings: Readings, gathered: Buckets, spread: Extremes, k: int) -> list[Cell]:
    exponent = shown_exponent(readings.series)
    lowest, highest = (Cell(number(int(column[k]), exponent)) for column in (spread.lowest, spread.highest))
    expected, present = int(gathered.expected[k]), int(gathered.present[k])
    percent = f"{present * 1000 // expected / 10:g} %" if expected else "–"
    return [lowest, highest, Cell(number(int(spread.mean[k]), exponent - 1)), Cell(percent)]


def _row(span: Period, scale: Scale, cells: Sequence[Cell], links: Links) -> Row:
    full = whole(scale, span.first, span.zone)
    part = "" if (full.start, full.end) == (span.start, span.end) else ", in part"
    return Row(bucket_name(span, scale) + part, cells, links.single(full if not part else span))


def bucket_name(span: Period, scale: Scale) -> str:
    """`Fri 20 Nov 2026`, `Week 47, 2026`, `November 2026`, `2026`."""
    first = span.first
    match scale:
        case Scale.DAY:
            return f"{first:%a} {first.day} {first:%b %Y}"
        case Scale.WEEK:
            year, week, _day = first.isocalendar()
            return f"Week {week}, {year}"
        case Scale.MONTH:
            return f"{first:%B %Y}"
    return f"{first:%Y}"
