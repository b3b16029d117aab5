"""The list of missing values: what is missing, why, and what happens next."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.forms import DateInput
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django_filters import FilterSet, filters

from access.models import Utility
from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from aim.web.widgets import search_box
from devices.models import Device
from devices.querysets import READABLE
from headend import causes, kinds
from headend.models import Gap
from headend.models.job import Priority
from headend.services.gaps import COMPARED_EVERY
from headend.services.jobs import Order, create_job
from headend.targets import readable
from metering.intervals import local_day
from metering.views.people import user_of

_STATES = [(state.value, str(state.label)) for state in (Gap.State.OPEN, Gap.State.NOT_HELD)]


class GapFilter(FilterSet):
    """The filters of the list; `day` is a local day that a gap reaches into."""

    q = filters.CharFilter(
        "device__serial_number", lookup_expr="istartswith", label="Device", widget=search_box("Serial number")
    )
    state = filters.ChoiceFilter(choices=_STATES, label="State", empty_label="All")
    day = filters.DateFilter(method="on_day", label="On the day", widget=DateInput(attrs={"type": "date"}))
    model = filters.CharFilter("device__model__code", lookup_expr="iexact", label="Model")

    class Meta:
        model = Gap
        fields: list[str] = []

    def on_day(self, rows: QuerySet[Gap], name: str, day: date) -> QuerySet[Gap]:
        start, end = _edges(day)
        return rows.filter(starts_at__lt=end, ends_at__gt=start)


def _edges(day: date) -> tuple[datetime, datetime]:
    """The local day, in the zone of the page; the last day there is has none after it."""
    zone = timezone.get_current_timezone()
    if day >= date.max:
        return datetime.combine(day, time.min, zone), datetime.combine(day, time.max, zone)
    return local_day(day, zone)


def state_of(gap: Gap) -> State:
    """Whether it is still asked for, as a badge."""
    return State("Asked for", "warn") if gap.state == Gap.State.OPEN else State("Not held by the meter", "muted")


def why(gap: Gap) -> str:
    """Why the values are not there: what keeps the device from being read, else how asking went."""
    device: Any = gap.device
    if device.state not in READABLE:
        return f"The device is not read: {device.get_state_display().lower()}"
    if not device.is_reachable:
        return "The device has no address"
    contact = getattr(device, "contact", None)
    if contact is not None and contact.cause:
        return causes.rule(contact.cause).text
    if gap.state == Gap.State.OPEN and gap.tried_at and timezone.now() - gap.tried_at < COMPARED_EVERY:
        return "Just asked for; what came is compared within 5 minutes"
    if gap.state == Gap.State.NOT_HELD or gap.tries:
        return "The meter answered and did not bring them"
    return "Not asked for since they were found missing" if not gap.asked else "Asked for, not brought yet"


def _next(gap: Any) -> str:
    after = timezone.localtime(gap.step.after).strftime(" %Y-%m-%d %H:%M") if gap.step.after else ""
    return f"{gap.step.words}{after}"


def _ask(request: HttpRequest, rows: QuerySet[Gap]) -> str:
    """One job per utility over the devices of the gaps."""
    user = user_of(request)
    devices = readable(Device.objects.visible_to(user, "read").filter(pk__in=rows.order_by().values("device")))
    order = Order(kind=kinds.GAPS.code, title="Missing values, asked for by hand", priority=Priority.SCHEDULED)
    jobs = [
        create_job(utility=each, order=order, devices=devices.filter(utility=each), user=user)
        for each in Utility.objects.filter(pk__in=devices.order_by().values("utility"))
    ]
    return jobs[0].get_absolute_url() if len(jobs) == 1 else reverse("headend:jobs")


def _askable(rows: QuerySet[Gap]) -> QuerySet[Gap]:
    return rows.filter(state=Gap.State.OPEN, device__in=readable(Device.objects.all()).order_by().values("pk"))


GAPS = Table(
    name="gaps",
    label="Missing values",
    order="-ends",
    bar=("q", "state", "day"),
    actions=(
        BulkAction(
            "ask", "Ask again now", "devices.read_device", _ask,
            "All that is missing of their devices is asked for at once, outside of the budget.",
            eligible=_askable, excluded="the meter does not hold them, or is not installed, or has no address.",
        ),
    ),
    columns=(
        Column("device", "Device", accessor=lambda gap: gap.device.serial_number, sort="device__serial_number",
               template="headend/cells/device.html", fixed=True),
        Column("why", "Why", accessor=why),
        Column("next", "What happens next", accessor=_next),
        Column("starts", "From", accessor="starts_at", sort="starts_at"),
        Column("ends", "To, excluded", accessor="ends_at", sort="ends_at"),
        Column("state", "State", accessor=state_of, sort="state", hidden=True),
        Column("asked", "Asked", sort="asked", align="end"),
        Column("profile", "Profile", accessor="obis", hidden=True),
        Column("model", "Model", accessor="device.model.name", hidden=True),
        Column("found", "Found", accessor="found_at", sort="found_at", hidden=True),
    ),
)  # fmt: skip
