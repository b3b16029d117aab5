"""Changing a whole stretch of values: choose a method, look at what it gives, save it with a reason."""

import hashlib
from dataclasses import replace
from datetime import datetime

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from aim.web.access import PermissionGate
from aim.web.charts import chart_response
from metering.browser.change import ChangePage
from metering.browser.period import Period, PeriodError, Scale, parse, whole
from metering.browser.preview import seen_words
from metering.browser.selection import chosen, parse_ids
from metering.forms import METHODS, MethodForm, Restore
from metering.models import Series
from metering.services.editing import Change, ChangedMeanwhileError, DecimalSign, SeenError, put_back, save, seen_of
from metering.services.editing.saving import LONGEST_REASON
from metering.services.editing.slots import Slots
from metering.store import Counts
from metering.views.language import decimal_sign
from metering.views.people import user_of
from metering.views.sheet import PERMISSION, tell

CHANGED = "Values changed after you looked; nothing was saved. This is what the method gives now: look, and save again."


def asked_change(request: HttpRequest) -> ChangePage:
    """The change the URL asks for; Http404 where it names no series, several, or one out of reach."""
    found = chosen(user_of(request), parse_ids(request.GET.get("series", "")))
    if len(found) != 1:
        raise Http404("One series can be changed at a time: ?series=1.")
    query = {name: request.GET.get(name, "") for name in request.GET}
    now = timezone.now()
    stretch, problem = _stretch(query, found[0], now.astimezone(found[0].metering_point.utility.zone))
    sign = {each.word: each for each in DecimalSign}.get(query.get("decimal", "")) or decimal_sign(request)
    page = ChangePage(found[0], stretch, now, sign, query, problem=problem)
    page.form = _form(page)
    return page


class ChangeValues(PermissionGate):
    """`/values/change/?series=12&from=…&to=…&do=interpolate&total=12.5`: the preview; posting the reason saves it."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:
        page = asked_change(request)
        return _shown(request, page, status=400 if page.problem else 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        page = asked_change(request)
        page.reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
        try:
            seen = seen_of(request.POST.get("seen", ""), page.series.pk)
        except SeenError as error:
            return _shown(request, replace(page, problem=str(error)), status=400)
        if page.refusal or page.change is None:
            return _shown(request, page, status=400)
        if not page.reason:
            problem = "Say why the values are changed: the reason is kept with every version."
            return _shown(request, replace(page, problem=problem), status=400)
        if request.POST.get("proposal") != digest(page.change):
            return _again(request, page, seen)
        try:
            counts = _saved(request, page, seen)
        except ChangedMeanwhileError:
            return _again(request, asked_change(request), seen)
        tell(request, counts)
        return HttpResponseRedirect(page.back_url)


class ChangeChart(PermissionGate):
    """The columns of the preview's chart, for the same query string."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:
        return chart_response(asked_change(request).drawn())


def digest(change: Change | None) -> str:
    """What is proposed, in a few characters: the same digest, the same values."""
    if change is None:
        return ""
    content = b"".join(np.ascontiguousarray(part).tobytes() for part in (change.values, change.quality, change.given))
    return hashlib.sha256(content).hexdigest()[:32]


def _saved(request: HttpRequest, page: ChangePage, seen: Slots) -> Counts:
    user, form, change = user_of(request), page.form, page.change
    assert form is not None and change is not None
    if isinstance(form, Restore):
        start, end = page.stretch.start, page.stretch.end
        as_of = form.cleaned_data["as_of"]
        return put_back(
            series=page.series, seen=seen, start=start, end=end, as_of=as_of, user=user, reason=page.reason
        )  # fmt: skip
    basis = np.full(len(seen), form.basis)
    return save(
        series=page.series, seen=seen, change=change, user=user, reason=page.reason, method=form.words, basis=basis
    )


def _again(request: HttpRequest, page: ChangePage, seen: Slots) -> HttpResponse:
    """The preview on what is stored now, saying what the reader had seen; the reason is kept."""
    page.reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    page.seen = seen_words(page.series, seen.at_instants(page.target.before.at), page.target.before)
    page.problem = CHANGED
    return _shown(request, page, status=409)


def _shown(request: HttpRequest, page: ChangePage, status: int = 200) -> HttpResponse:
    with timezone.override(page.stretch.zone):
        context = {"page": page, "proposal": digest(page.change), "title": "Change values"}
        return render(request, "metering/change.html", context, status=status)


def _stretch(query: dict[str, str], series: Series, now: datetime) -> tuple[Period, str]:
    zone = series.metering_point.utility.zone
    try:
        return parse(query, zone, now.date()), ""
    except PeriodError as error:
        return whole(Scale.DAY, now.date(), zone), f"{error} Today is shown instead."


def _form(page: ChangePage) -> MethodForm | None:
    """The form of the method asked for: filled in as far as the URL does, checked when that is all it needs."""
    method = next((each for each in METHODS if each.name == page.query.get("do") and each.fits(page.series)), None)
    if method is None:
        return None
    data = method.defaults | {name: text for name, text in page.query.items() if text}
    given = not method.base_fields or any(name in data for name in method.base_fields)
    return method(data if given else None, target=page.target, sign=page.sign)
