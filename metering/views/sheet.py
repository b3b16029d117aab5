"""Editing values one by one: what is typed into the table of the Data Browser is checked, saved, and told."""

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from aim.web.formats import grouped
from metering.browser.page import Browser
from metering.browser.sheet import Sheet, sheet
from metering.services.editing import ChangedMeanwhileError, SeenError, methods, save, seen_of
from metering.services.editing.saving import LONGEST_REASON
from metering.store import Counts
from metering.views.language import decimal_sign
from metering.views.people import user_of

PERMISSION = "metering.edit_values"


def show_sheet(request: HttpRequest, shown: Browser) -> HttpResponse | None:
    """The table in edit mode; None where the URL does not ask for it."""
    asked = sheet(shown, decimal_sign(request))
    return _page(request, asked) if asked else None


def save_sheet(request: HttpRequest, shown: Browser) -> HttpResponse | None:
    """What the form sent, saved: back to the same period. If anything is wrong, the form again with all that was typed.

    None where the URL does not ask for edit mode.
    """
    asked = sheet(shown, decimal_sign(request))
    if asked is None:
        return None
    try:
        seen = seen_of(request.POST.get("seen", ""), asked.series.pk)
    except SeenError as error:
        return _page(request, replace(asked, problem=str(error)), status=400)
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    sent = replace(asked, slots=seen, typed=_typed(request.POST), reason=reason)
    values, problems = sent.parsed()
    if problem := _problem(sent, problems):
        return _page(request, replace(sent, problem=problem), status=400)
    change = methods.put(seen, values)
    try:
        counts = save(
            series=sent.series, seen=seen, change=change, user=user_of(request), reason=reason, method="table"
        )  # fmt: skip
    except ChangedMeanwhileError as error:
        return _page(request, _again(sent, error), status=409)
    tell(request, counts)
    return HttpResponseRedirect(sent.back_url)


def tell(request: HttpRequest, counts: Counts) -> None:
    """Say what became of the values; refused ones with the reason."""
    if not counts.new + counts.changed + counts.refused:
        messages.info(request, "Nothing was changed.")
        return
    told = ((counts.new, "new"), (counts.changed, "changed"), (counts.refused, "refused"))
    said = ", ".join(f"{grouped(count)} {word}" for count, word in told if count)
    level = messages.WARNING if counts.refused else messages.SUCCESS
    reasons = "; ".join(dict.fromkeys(refusal.reason for refusal in counts.refusals))
    messages.add_message(request, level, f"Values saved: {said}. {reasons}".strip())


def _typed(posted: Mapping[str, str]) -> dict[str, str]:
    return {name: posted[name].strip() for name in posted if name.startswith("v")}


def _problem(sent: Sheet, problems: Mapping[str, str]) -> str:
    """Why the form cannot be saved; empty where it can."""
    if sent.refusal:
        return sent.refusal
    if problems:
        values = "A value is" if len(problems) == 1 else f"{len(problems)} values are"
        return f"{values} not accepted; nothing was saved. The reason stands in the row."
    return "" if sent.reason else "Say why the values are changed: the reason is kept with every version."


def _again(sent: Sheet, error: ChangedMeanwhileError) -> Sheet:
    """The form on what is stored now, with what the person typed; both are shown where they differ."""
    mine = {name: text for name, text in sent.typed.items() if text != _seen_texts(sent).get(name)}
    return replace(
        sent,
        slots=error.now,
        typed=mine,
        seen=sent.slots,
        problem="Values changed while you were editing; nothing was saved. Your entries are kept: look at the marked "
        "rows, then save again to put your values over the new ones.",
    )


def _seen_texts(sent: Sheet) -> dict[str, str]:
    return {entry.name: entry.stored for day in sent.days for entry in day.entries}


def _page(request: HttpRequest, asked: Sheet, status: int = 200) -> HttpResponse:
    with timezone.override(asked.browser.period.zone):
        context = {"browser": asked.browser, "sheet": asked, "title": "Edit values"}
        return render(request, "metering/sheet.html", context, status=status)
