"""Pages, API and exports fetch rows by key only through the one door: no row is got past `visible_to`."""

import ast
import re
from collections.abc import Iterator

import pytest

from aim import places

APPS = ("metering", "devices", "headend", "events", "reports", "integration", "aim/web", "aim/rest")
OUTWARD = re.compile(r"(^|/)(views|api|browser|web|rest)(/|\.py$)|(export|panels|search|tables|dashboard)\.py$")
BY_KEY = re.compile(r"(pk|id)(__\w+)?$")
UNSCOPED = re.compile(r"\b[A-Z]\w*\.(objects|_default_manager|_base_manager)\b")

ALLOWED = {
    ("metering/views/versions.py", "User.objects.in_bulk"): "names of who changed a value the reader may see",
    ("headend/gap_tables.py", "Utility.objects.filter"): "utilities of devices that came through the door",
    ("headend/views/read_now.py", "Utility.objects.filter"): "utilities of devices that came through the door",
}


def past_the_door(source: str) -> Iterator[str]:
    """Calls that fetch rows by key from a whole table, in the order of the source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (rows := _rows_asked(node)) is not None and not _through_the_door(rows):
            yield ast.unparse(node.func) if isinstance(node.func, ast.Attribute) else ast.unparse(node)


def _rows_asked(call: ast.Call) -> str | None:
    """The rows a call picks from by key, as written; None where it does nothing like that."""
    if isinstance(call.func, ast.Name) and call.func.id in ("get_object_or_404", "get_list_or_404"):
        return ast.unparse(call.args[0])
    if not isinstance(call.func, ast.Attribute):
        return None
    rows = ast.unparse(call.func.value)
    by_key = any(keyword.arg and BY_KEY.fullmatch(keyword.arg) for keyword in call.keywords)
    picks = call.func.attr in ("get", "in_bulk", "aget") or (call.func.attr == "filter" and by_key)
    return rows if picks and UNSCOPED.search(rows) else None


def _through_the_door(rows: str) -> bool:
    return "visible_to(" in rows or rows == "self.get_queryset()"


def _outward_files() -> Iterator[str]:
    for app in APPS:
        for path in sorted((places.BASE / app).rglob("*.py")):
            name = path.relative_to(places.BASE).as_posix()
            if OUTWARD.search(name):
                yield name


FILES = list(_outward_files())


@pytest.mark.parametrize("name", FILES)
def test_rows_are_fetched_by_key_through_the_door(name: str) -> None:
    found = set(past_the_door((places.BASE / name).read_text()))
    assert found == {call for file, call in ALLOWED if file == name}


def test_the_files_that_speak_to_the_outside_are_looked_at() -> None:
    assert {"metering/api/values.py", "headend/views/job.py", "devices/api.py", "reports/views.py"} <= set(FILES)
    assert {file for file, _call in ALLOWED} <= set(FILES)


@pytest.mark.parametrize(
    "bad",
    [
        "point = MeteringPoint.objects.get(pk=key)",
        "point = MeteringPoint.objects.select_related('utility').get(gsrn=key)",
        "rows = Series.objects.filter(pk__in=asked)",
        "rows = Series.objects.in_bulk(asked)",
        "job = get_object_or_404(Job, pk=key)",
        "job = get_object_or_404(Job.objects.select_related('utility'), pk=key)",
    ],
)
def test_what_goes_past_the_door_is_noticed(bad: str) -> None:
    assert list(past_the_door(bad))


@pytest.mark.parametrize(
    "good",
    [
        "point = get_object_or_404(MeteringPoint.objects.visible_to(user), pk=key)",
        "rows = Series.objects.visible_to(user).filter(pk__in=asked)",
        "rows = Contract.objects.filter(metering_point=point)",
        "rows = self.get_queryset().in_bulk(ids)",
    ],
)
def test_what_goes_through_the_door_is_let_be(good: str) -> None:
    assert not list(past_the_door(good))
