"""Template tags: what they say, and that everything they are given is escaped."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from aim.web import formats
from aim.web.empty import FAILED, LOADING, NOTHING, EmptyState, no_match
from aim.web.svg import Point, Segment, bars, segments, spark_paths
from aim.web.tones import ICONS, State

EVIL = '"><script>alert(1)</script>'


def drawn(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize("tone", list(ICONS))
def test_a_badge_has_symbol_and_text(tone: str) -> None:
    html = drawn("{% badge label tone %}", label="Not answering", tone=tone)
    assert f'data-tone="{tone}"' in html and f"#{ICONS[tone]}" in html and "Not answering" in html


@pytest.mark.parametrize(
    "source",
    [
        "{% badge evil %}",
        "{{ evil|value }}",
        "{% icon evil %}",
        "{% sparkline values evil %}",
        "{% progress parts 3 evil %}",
        "{% bars bars evil %}",
        "{% empty_state state %}",
    ],
)
def test_everything_is_escaped(source: str) -> None:
    html = drawn(
        source,
        evil=EVIL,
        values=[1, 2],
        parts=[Segment(1, EVIL, "ok")],
        bars=bars([Point(1, EVIL, EVIL)]),
        state=EmptyState("nothing", EVIL, EVIL, EVIL, EVIL),
    )
    assert "<script" not in html and "&quot;&gt;&lt;script&gt;" in html


def test_values_by_kind() -> None:
    moment = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Helsinki")):
        assert "2026-10-25 03:30 EET</time>" in drawn("{{ v|value }}", v=moment)
        assert "2026-10-25 03:30 EEST</time>" in drawn("{{ v|value }}", v=moment - timedelta(hours=1))
        assert 'datetime="2026-10-25T03:30:00+03:00"' in drawn("{{ v|local_time }}", v=moment - timedelta(hours=1))
    assert 'aria-label="none"' in drawn("{{ v|value }}", v=None)
    assert drawn("{{ v|value }}", v=False) == "no"
    assert "Removed" in drawn("{{ v|value }}", v=State("Removed"))
    assert drawn("{{ v|value }}", v=0) == "0"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (172_800, "2 d ago"),
        (-120, "in 2 min"),
    ],
)
def test_age(seconds: int, text: str) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert formats.age(now - timedelta(seconds=seconds), now) == text


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (1234567, 0, "1\u202f234\u202f567"),
        (Decimal("-1234.5"), 1, "\u22121\u202f234.5"),
        (None, 0, ""),
        ("", 0, ""),
        (0, 0, "0"),
    ],
)
def test_grouped(number: object, places: int, text: str) -> None:
    assert drawn("{{ n|grouped:p }}", n=number, p=places) == text


def test_the_five_empty_states_differ() -> None:
    states = [NOTHING, no_match("?"), EmptyState("forbidden", "Not yours"), LOADING, FAILED]
    pages = [drawn("{% empty_state state %}", state=state) for state in states]
    assert [page.split('data-empty="')[1].split('"')[0] for page in pages] == [
        "nothing", "no-match", "forbidden", "loading", "failed",
    ]  # fmt: skip
    assert 'role="alert"' in pages[4] and 'href="?"' in pages[1]


class Sample(forms.Form):
    serial = forms.CharField(label="Serial", help_text="On the front plate.")
    push = forms.BooleanField(label="Push")


def test_a_field_ties_label_help_and_error_to_its_input() -> None:
    html = drawn("{% field form.serial %}", form=Sample({"serial": ""}))
    assert '<label for="id_serial">Serial</label>' in html
    assert 'aria-invalid="true"' in html and 'aria-describedby="id_serial_help id_serial_error"' in html
    assert 'id="id_serial_error"' in html and "This field is required." in html
    assert "aria-invalid" not in drawn("{% field form.serial %}", form=Sample())


def test_spark_breaks_at_missing_values() -> None:
    line, area = spark_paths([1, 2, None, 4, 4])
    assert line == "M0.0 24.0 L25.0 16.0 M75.0 0.0 L100.0 0.0"
    assert area.count("Z") == 2
    assert spark_paths([None, None]) == ("", "") and spark_paths([1]) == ("", "")


def test_bars_and_segments_fill_their_box() -> None:
    first, second, none = bars([Point(50, "a", "50"), Point(200, "b", "200"), Point(None, "c", "none")], maximum=100)
    assert (first.y, first.height, second.y, second.height, none.height) == (20, 20, 0, 40, 0)
    placed = segments([Segment(1, "ok", "ok"), Segment(1, "failed", "bad")], total=4)
    assert [(part.x, part.width) for part in placed] == [(0, 25), (25, 25)]
    assert segments([Segment(0, "ok", "ok")], total=0)[0].width == 0
