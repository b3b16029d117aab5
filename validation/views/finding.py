"""One exception: why it is one, and deciding about it."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.html import format_html

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.charts import chart_response
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.errors import forbidden
from aim.web.links import Crumb
from metering.browser.links import Links, change_url
from metering.browser.period import Period, Scale
from metering.browser.period import whole as whole_period
from metering.views.people import user_of
from validation.decisions import DECISIONS, REASONS
from validation.estimation import STEPS
from validation.filters import FindingFilter
from validation.models import Finding
from validation.nearby import events_near, others_of_series, outages_near
from validation.ordering import following, preceding, ranked
from validation.services.accepting import values_mark
from validation.services.claiming import DecisionError
from validation.stretches import whole, zone_of
from validation.views.findings import filters_of, joined
from validation.why import figures_of_day, placed_facts, rule_facts, why
from validation.why_chart import why_chart
from validation.why_registers import register_lines
from validation.words import found_words, is_overdue, name_of, severity_of, state_of

KEYS = (
    ("n", "Next exception"),
    ("p", "Previous exception"),
    ("a", "Accept, after the reason"),
    ("e", "Estimate, by the method chosen"),
    ("r", "Read again"),
    ("t", "Take it: assign it to me"),
    ("d", "To the decision"),
    ("u", "Up to the queue"),
)


def _why(request: HttpRequest, finding: Finding) -> dict[str, Any]:
    """What explains the exception, and what surrounds it."""
    user, series = user_of(request), finding.series
    found = why(finding) if series.is_profile else None
    day = whole_period(Scale.DAY, finding.day, zone_of(finding))
    return {
        "why": found,
        "readings": [] if found else register_lines(finding),
        "rule_facts": rule_facts(finding),
        "day_facts": figures_of_day(found) if found else [],
        "placed": placed_facts(finding),
        "day_url": f"{reverse('metering:values')}{Links((series.pk,), day).here}",
        "notes": finding.notes.select_related("created_by"),
        "others": [_told(each) for each in others_of_series(finding, user)],
        "events": events_near(finding, user) if may(request, "events.view_event") else [],
        "outages": outages_near(finding, user) if may(request, "events.view_outage") else [],
    }


def _told(finding: Any) -> Any:
    """A finding with its words, for a line of a table."""
    finding.words, finding.shown_state = found_words(finding), state_of(finding)
    return finding


class FindingPage(DetailPage):
    """Why an exception is one, what is near it, and what can be done; the address keeps the filters of the queue."""

    permission_required = "validation.view_finding"
    model = Finding
    template_name = "validation/finding.html"
    tabs = (Tab("", "Why", "validation/tabs/why.html", context=_why),)
    problem = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide; on to the next exception of the queue. Where that is not possible the page says why."""
        decision = DECISIONS.get(request.POST.get("do", ""))
        if decision is None:
            raise Http404("There is no such decision.")
        if not may(request, decision.permission):
            return forbidden(request, permission=decision.permission)
        after = following(self.queue, self.object) if decision.moves_on else self.object
        try:
            messages.success(request, decision.act(self.object, user_of(request), request.POST))
        except DecisionError as error:
            self.problem = str(error)
            response = self.get(request)
            response.status_code = 409
            return response
        return HttpResponseRedirect(self._url(after) if after else self._queue_url())

    @property
    def queue(self) -> QuerySet[Finding]:
        """The queue as the address filters it; all of it where a filter is not valid."""
        rows = self.get_queryset()
        filters = FindingFilter(self.request.GET, queryset=rows, request=self.request)
        return filters.qs if filters.is_valid() else FindingFilter(QueryDict(), queryset=rows, request=self.request).qs

    def get_queryset(self) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().get_queryset()
        return ranked(joined(rows).select_related("closed_by", "rule__rule_set"))

    def get_context_data(self) -> dict[str, Any]:
        finding, queue = self.object, self.queue
        ahead, behind = preceding(queue, finding), following(queue, finding)
        return super().get_context_data() | {
            "problem": self.problem,
            "typed": self.request.POST,
            "ahead_url": self._url(ahead) if ahead else "",
            "behind_url": self._url(behind) if behind else "",
            "queue_url": self._queue_url(),
            "edit_url": self._edit_url(),
            "chart_url": reverse("validation:finding-chart", args=[finding.pk]) if finding.series.is_profile else "",
            "seen": values_mark(finding),
            "reasons": REASONS,
            "methods": [(code, step.label) for code, step in STEPS.items()] if finding.series.is_profile else [],
            "page_keys": KEYS,
            "may_decide": may(self.request, DECISIONS["accept"].permission),
            "may_read": may(self.request, DECISIONS["reread"].permission),
        }

    def get_zone(self) -> tzinfo:
        return zone_of(self.object)

    def get_title(self) -> str:
        return found_words(self.object)

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Exceptions", self._queue_url())]

    def get_strip(self) -> list[Fact]:
        finding = self.object
        point = finding.series.metering_point
        due = Fact("Due", finding.due_at) if finding.is_waiting else Fact("Decided", finding.closed_at)
        facts = [
            Fact("State", state_of(finding)),
            Fact("Severity", severity_of(finding)),
            Fact("Metering point", format_html('<a href="{}">{}</a>', point.get_absolute_url(), point.gsrn)),
            Fact("Address", point.address),
            Fact("Series", str(finding.series)),
            Fact("Day", finding.day),
            Fact("Owner", name_of(finding.owner) or None),
            Fact("Found", finding.found_at),
            Fact("Overdue since" if is_overdue(finding) else due.label, due.value),
        ]
        if finding.is_waiting:
            return facts
        return [*facts, Fact("By", name_of(finding.closed_by) or "the system"), Fact("Reason", finding.reason)]

    def _edit_url(self) -> str:
        """Where the stretch is edited; empty for those who may not, and for register values."""
        if not (self.object.series.is_profile and may(self.request, "metering.edit_values")):
            return ""
        part, zone = whole(self.object), zone_of(self.object)
        return change_url(self.object.series, Period(Scale.FREE, part.start, part.end, zone))

    def _url(self, finding: Finding) -> str:
        return finding.get_absolute_url() + filters_of(self.request)

    def _queue_url(self) -> str:
        return reverse("validation:findings") + filters_of(self.request)


class FindingChart(PermissionGate, VisibleMixin):
    """The columns of the chart of an exception."""

    permission_required = "validation.view_finding"
    model = Finding

    def get_queryset(self) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().get_queryset()
        return joined(rows)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        finding = self.get_visible_or_404(pk=pk)
        if not finding.series.is_profile:
            raise Http404("Register values are not drawn.")
        return chart_response(why_chart(why(finding)))
