"""Beginning a run by hand, and a what-if: of series chosen elsewhere, or of those the form names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import User
from aim.web.access import PermissionGate
from aim.web.bulk import selected
from aim.web.links import Action, Crumb
from devices.models import DeviceGroup
from metering.browser.selection import parse_ids
from metering.filters import MeteringPointFilter
from metering.models import MeteringPoint, Series
from metering.views.people import user_of
from validation.forms.run import MOST_DAYS, MOST_TRIED, RunForm, WhatIfForm
from validation.models import Run
from validation.scopes import MOST_NAMED
from validation.services.runs import RunError, start_run

POINTS = "points"
_BEGUN = ("utility", "rule_set", "against", "group", "segment", "result_group", "gsrns", "first_day", "last_day")


class RunNew(PermissionGate):
    """GET shows the form, begun with what the address says; POST begins the run and leads to its page."""

    permission_required = "validation.run_validation"
    form_class: type[RunForm] = RunForm
    title = "Validate"
    submit = "Validate"
    lead = (
        "Values are judged again; what is wrong is put right as the rules say, and what is not goes to the exceptions."
    )
    dry = False

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = chosen_series(request)
        return self._show(self.form_class(user=user_of(request), chosen=chosen, initial=_initial(request, chosen)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST, user=user_of(request), chosen=chosen_series(request))
        if not form.is_valid():
            return self._show(form, status=400)
        try:
            run = self._start(form, user_of(request))
        except RunError as error:
            form.add_error(None, str(error))
            return self._show(form, status=409)
        return HttpResponseRedirect(run.get_absolute_url())

    def _start(self, form: RunForm, user: User) -> Run:
        told = form.cleaned_data
        return start_run(
            user=user, utility=told["utility"], scope=form.scope, first_day=told["first_day"],
            last_day=told["last_day"], rule_set=told["rule_set"], against=told.get("against"), dry=self.dry,
        )  # fmt: skip

    def _show(self, form: RunForm, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            "title": self.title,
            "lead": self.lead if form.chosen is None else f"{len(form.chosen):,} series chosen. {self.lead}",
            "submit": self.submit,
            "crumbs": [Crumb("Validation runs", reverse("validation:runs"))],
            "back_url": reverse("validation:runs"),
        }
        return render(self.request, "validation/run_form.html", context, status=status)


class WhatIf(RunNew):
    """The same without any effect: what would be found, what would be put in place."""

    form_class = WhatIfForm
    title = "What if"
    submit = "Try it out"
    lead = (
        "A rule set over stored values: what it would find and put in place. Nothing is changed. "
        f"At most {MOST_TRIED:,} series-days and {MOST_DAYS} days."
    )
    dry = True


def chosen_series(request: HttpRequest) -> list[int] | None:
    """Ids of the series selected on another page, as the address names them; None where it names none.

    Http404 for series out of reach, and for a selection of too many.
    """
    user = user_of(request)
    if request.GET.get("of") == POINTS:
        return _ids(Series.objects.visible_to(user).filter(metering_point__in=_points(request, user)))
    if "series" not in request.GET:
        return None
    asked = parse_ids(request.GET["series"])
    found = _ids(Series.objects.visible_to(user).filter(pk__in=asked))
    if not asked or len(found) != len(asked):
        raise Http404("A series does not exist or lies outside what is opened to you.")
    return found


def _ids(rows: QuerySet[Series]) -> list[int]:
    found = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_NAMED + 1])
    if len(found) > MOST_NAMED:
        raise Http404(f"These are more than {MOST_NAMED:,} series: choose a group, a segment or the whole utility.")
    return found


def _points(request: HttpRequest, user: User) -> QuerySet[Any, Any]:
    """Ids of the metering points selected in their list; none while a filter is not valid."""
    rows = MeteringPoint.objects.visible_to(user)
    filters = MeteringPointFilter(request.GET, queryset=rows, request=request)
    return selected(filters.qs if filters.is_valid() else rows.none(), request.GET).order_by().values("pk")


def _initial(request: HttpRequest, chosen: list[int] | None) -> dict[str, Any]:
    """What the form begins with: what the address says, and the utility of the chosen series."""
    begun: dict[str, Any] = {name: request.GET[name] for name in _BEGUN if name in request.GET}
    which = next((name for name in ("group", "segment", "result_group") if name in begun), None)
    if which:
        begun["which"] = which
    if chosen:
        begun["utility"] = MeteringPoint.objects.filter(series=chosen[0]).values_list("utility", flat=True).first()
    return begun


def browser_url(series: Sequence[Series], start: datetime, end: datetime) -> str:
    """The form for what the Data Browser shows."""
    zone = series[0].metering_point.utility.zone
    days = _days(start.astimezone(zone).date(), (end - timedelta(seconds=1)).astimezone(zone).date())
    ids = ",".join(str(row.pk) for row in series)
    return f"{reverse('validation:run_new')}?{urlencode({'series': ids, **days}, safe=',')}"


def _days(first: date, last: date) -> dict[str, date]:
    return {"first_day": max(first, last - timedelta(days=MOST_DAYS - 1)), "last_day": last}


def points_url(request: HttpRequest, rows: object) -> str:
    """The form for the metering points selected in their list, by the query that selected them."""
    query = request.GET.copy()
    query.pop("action", None)
    query["of"] = POINTS
    return f"{reverse('validation:run_new')}?{query.urlencode()}"


def group_action(group: DeviceGroup) -> Action:
    """The button of a device group that begins a run over its series."""
    query = urlencode({"group": group.pk, "utility": group.utility_id})
    return Action("Validate", f"{reverse('validation:run_new')}?{query}", "check", RunNew.permission_required)
