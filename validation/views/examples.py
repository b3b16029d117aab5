"""Examples of what a rule would find: their page, and the columns of the chart."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate
from aim.web.charts import chart_response
from aim.web.links import Crumb
from metering.views.people import user_of
from validation.run_tables import run_name
from validation.views.runs import visible_run
from validation.what_if_examples import example_chart, examples_of, line_of_rule, series_of


class ExamplesPage(PermissionGate):
    """The days a rule would find as a table, and one of them before and after."""

    permission_required = "validation.view_run"

    def get(self, request: HttpRequest, pk: int, number: int, rule: int) -> HttpResponse:
        run = visible_run(request, pk)
        shown = examples_of(run, number, rule, _chosen(request), user_of(request))
        chart_url = reverse("validation:run_example_chart", args=[pk, number, rule])
        context: dict[str, Any] = {
            "run": run,
            "shown": shown,
            "title": f"{shown.rule}: examples",
            "lead": f"{shown.set_name}: {shown.words}",
            "crumbs": [
                Crumb("Validation runs", reverse("validation:runs")), Crumb(run_name(run), run.get_absolute_url()),
            ],
            "chart_url": f"{chart_url}?example={shown.chosen.number}",
            "chart_label": f"{shown.chosen.series.metering_point.gsrn}, {shown.chosen.day}: stored, and as it would be",
        }  # fmt: skip
        return render(request, "validation/examples.html", context)


class ExampleChart(PermissionGate):
    """One day, as stored and as it would be."""

    permission_required = "validation.view_run"

    def get(self, request: HttpRequest, pk: int, number: int, rule: int) -> HttpResponse:
        run = visible_run(request, pk)
        _, line = line_of_rule(run, number, rule)
        series, chosen = series_of(line, user_of(request)), _chosen(request)
        if chosen >= len(line["examples"]) or line["examples"][chosen]["series"] not in series:
            raise Http404("There is no such example.")
        example = line["examples"][chosen]
        return chart_response(example_chart(example, series[example["series"]], run.utility.zone))


def _chosen(request: HttpRequest) -> int:
    text = request.GET.get("example", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Http404("Examples are numbered.")
    return int(text)
