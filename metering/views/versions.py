"""All versions of one value: what it was, since when, who made it so and why. A dialog and a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access.models import User
from aim.web.access import PermissionGate, may
from aim.web.tones import State
from metering import store
from metering.browser.links import Links, change_url
from metering.browser.period import Period, Scale, whole
from metering.browser.selection import chosen
from metering.display import number, quality_state, shown_exponent, shown_unit
from metering.forms import Restore
from metering.models import Series
from metering.services.editing import refusal_of
from metering.store import NO_VALUE, ValueVersion
from metering.views.people import user_of
from metering.views.sheet import PERMISSION


@dataclass(frozen=True)
class Version:
    """One state of the value in words; `who` is a person, `rule` a rule, `job_id` the job that brought it.

    `restore_url` leads to putting the day back to what was stored then.
    """

    text: str
    quality: State
    status: str
    since: datetime
    who: str
    rule: str
    why: str
    job_id: int | None
    action: str
    restore_url: str = ""


class ValueVersions(PermissionGate):
    """`/values/12/2026-11-20T14:15:00Z/`: the value of series 12 whose interval starts then."""

    permission_required = "metering.view_series"

    def get(self, request: HttpRequest, series: int, at: str) -> HttpResponse:
        row, instant = chosen(user_of(request), [series])[0], _instant(at)
        found = store.history(row.pk, instant) if row.is_profile else store.register_history(row.pk, instant)
        if not found:
            raise Http404("There never was a value at this instant.")
        zone = row.metering_point.utility.zone
        with timezone.override(zone):
            day = whole(Scale.DAY, instant.astimezone(zone).date(), zone)
            context = {
                "series": row,
                "unit": shown_unit(row),
                "start": instant,
                "end": instant + timedelta(seconds=row.interval_s) if row.interval_s else None,
                "versions": _versions(row, found, _restorable(request, row, day)),
                "day_url": Links((row.pk,), day).here,
                "fragment": "HX-Request" in request.headers,
            }
            template = "metering/versions_body.html" if context["fragment"] else "metering/versions.html"
            return render(request, template, context)


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Http404("An instant is written like 2026-11-20T14:15:00Z.") from None


def _restorable(request: HttpRequest, series: Series, day: Period) -> Period | None:
    """The day, where the reader may put it back to an earlier state."""
    return day if may(request, PERMISSION) and not refusal_of(series) else None


def _versions(series: Series, found: Sequence[ValueVersion], day: Period | None) -> list[Version]:
    """The states of a value, newest first; former ones with the way back to them where there is one."""
    people = User.objects.in_bulk({version.origin.user_id for version in found if version.origin.user_id})
    versions = [_version(series, version, people) for version in found]
    if day is None:
        return versions
    then = [f"{version.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" for version in found[1:]]
    back = [change_url(series, day, do=Restore.name, as_of=instant) for instant in then]
    former = [replace(version, restore_url=url) for version, url in zip(versions[1:], back, strict=True)]
    return [*versions[:1], *former]


def _version(series: Series, version: ValueVersion, people: dict[int, User]) -> Version:
    origin = version.origin
    value = NO_VALUE if version.value is None else version.value
    person = people.get(origin.user_id) if origin.user_id else None
    return Version(
        text=number(value, shown_exponent(series)),
        quality=quality_state(version.quality),
        status=f"{version.status:#x}" if version.status else "",
        since=version.since,
        who=(person.get_full_name() or person.username) if person else "",
        rule=origin.rule,
        why=origin.message,
        job_id=origin.job_id,
        action=origin.action_id,
    )
