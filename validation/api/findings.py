"""Findings: what validation found, why, and deciding about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import RowSerializer, UtcField
from aim.rest.views import ReadResource
from metering.intervals import to_instant
from metering.quality import EstimationMethod
from validation.api.filters import FindingApiFilter
from validation.api.refusals import CONFLICT, Conflict, conflicts
from validation.api.shapes import JOINS, SERIES_FIELDS, OfSeriesSerializer, given
from validation.bulk import person
from validation.estimation import STEPS
from validation.models import Finding, FindingNote
from validation.services.claiming import LONGEST_REASON, Decided, DecisionError
from validation.services.deciding import LONGEST_NOTE, accept_findings, assign_findings, comment_finding
from validation.services.estimating import estimate_findings
from validation.stretches import instants
from validation.why import rule_text
from validation.words import found_words


class FindingSerializer(OfSeriesSerializer):
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)
    closed_by = serializers.CharField(source="closed_by.username", allow_null=True, default=None)
    method = serializers.SerializerMethodField(help_text="How values were put in place; null: none were.")

    class Meta:
        model = Finding
        fields: ClassVar[tuple[str, ...]] = (
            *SERIES_FIELDS, "day", "rule_set", "rule", "rule_name", "condition", "severity", "action", "group",
            "count", "first_at", "worst_at", "value", "limit", "method", "before", "after", "state", "priority",
            "owner", "found_at", "due_at", "closed_at", "closed_by", "reason", "run",
        )  # fmt: skip
        extra_kwargs = {
            "count": {"help_text": "Intervals of the day it concerns."},
            "value": {"help_text": "The worst of them; null: no value."},
            "limit": {"help_text": "What it was held against."},
            "before": {"help_text": "Total of the day before anything was put in place."},
            "after": {"help_text": "Total of the day after."},
        }

    def get_method(self, finding: Finding) -> str | None:
        return None if finding.method is None else EstimationMethod(finding.method).name.lower()


class NoteSerializer(RowSerializer):
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)

    class Meta:
        model = FindingNote
        fields = ("text", "created_by", "created_at")


class WhySerializer(serializers.Serializer[Any]):
    """What somebody has to know who decides."""

    found = serializers.CharField(help_text="What was found, in words.")
    looks_for = serializers.CharField(help_text="The rule as a sentence, with the parameters it had then.")
    evidence = serializers.DictField(help_text="What else the rule looked at.")
    intervals = serializers.ListField(child=UtcField(), help_text="Where the intervals begin that failed.")


class FindingDetailSerializer(FindingSerializer):
    why = serializers.SerializerMethodField()
    notes = NoteSerializer(many=True, read_only=True)

    class Meta(FindingSerializer.Meta):
        fields = (*FindingSerializer.Meta.fields, "why", "notes")

    @extend_schema_field(WhySerializer)
    def get_why(self, finding: Finding) -> dict[str, Any]:
        starts = [to_instant(second) for second in instants(finding).tolist()]
        return {
            "found": found_words(finding),
            "looks_for": rule_text(finding),
            "evidence": finding.evidence,
            "intervals": [UtcField().to_representation(start) for start in starts],
        }


class AcceptSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Stays with every version of a value.")


class EstimateSerializer(serializers.Serializer[Any]):
    method = serializers.ChoiceField(
        choices=list(STEPS), required=False, help_text="One step of estimating; without it those of the rule set."
    )
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, default="", allow_blank=True)


class AssignSerializer(serializers.Serializer[Any]):
    owner = serializers.CharField(max_length=150, allow_null=True, help_text="User name; null: nobody.")


class CommentSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_NOTE)


_NOW = OpenApiResponse(FindingDetailSerializer, description="As it is now.")
_DONE: dict[Any, OpenApiResponse] = {200: _NOW, **CONFLICT}


@extend_schema_view(
    list=extend_schema(operation_id="findings_list", summary="Findings, newest first"),
    retrieve=extend_schema(operation_id="findings_get", summary="A finding, and why it is one"),
)
@extend_schema(tags=["validation"])
class Findings(ReadResource[Finding]):
    """What validation found. Those `open` or `reread` are exceptions: they wait for a decision."""

    queryset = Finding.objects.select_related("owner", "closed_by", *JOINS)
    serializer_class = FindingSerializer
    detail_serializer_class = FindingDetailSerializer
    filterset_class = FindingApiFilter
    newest_first = True
    verbs: ClassVar[dict[str, str]] = dict.fromkeys(("accept", "estimate", "assign", "comment"), "decide")

    @extend_schema(
        operation_id="findings_accept", summary="Accept the values", request=AcceptSerializer, responses=_DONE
    )
    def accept(self, request: Request, pk: str) -> Response:
        """Declare the values right as they are. Needs the permission `validation.decide_finding`."""
        reason = given(AcceptSerializer, request.data)["reason"]
        return self._decide(lambda rows, user: accept_findings(findings=rows, user=user, reason=reason))

    @extend_schema(
        operation_id="findings_estimate", summary="Estimate the values", request=EstimateSerializer, responses=_DONE
    )
    def estimate(self, request: Request, pk: str) -> Response:
        """Put estimates in place. Needs the permission `validation.decide_finding`."""
        asked = given(EstimateSerializer, request.data)
        return self._decide(
            lambda rows, user: estimate_findings(
                findings=rows, user=user, method=asked.get("method"), reason=asked["reason"]
            )
        )

    @extend_schema(operation_id="findings_assign", summary="Say who decides", request=AssignSerializer, responses=_DONE)
    def assign(self, request: Request, pk: str) -> Response:
        """Give it to somebody, or to nobody. Needs the permission `validation.decide_finding`."""
        name = given(AssignSerializer, request.data)["owner"] or ""
        return self._decide(lambda rows, user: assign_findings(findings=rows, owner=person(name), user=user))

    @extend_schema(operation_id="findings_comment", summary="Comment", request=CommentSerializer, responses=_DONE)
    def comment(self, request: Request, pk: str) -> Response:
        """Note something, also about a decided one. Needs the permission `validation.decide_finding`."""
        text, finding = given(CommentSerializer, request.data)["text"], self.get_object()
        with conflicts(DecisionError):
            comment_finding(finding=finding, text=text, user=cast("User", request.user))
        return self._answer(finding)

    def _decide(self, act: Callable[[Any, User], Decided]) -> Response:
        finding, user = self.get_object(), cast("User", self.request.user)
        with conflicts(DecisionError):
            decided = act(Finding.objects.filter(pk=finding.pk), user)
        if not decided.done:
            raise Conflict("It waits no longer, or nothing could be put in place; look at its state.")
        return self._answer(finding)

    def _answer(self, finding: Finding) -> Response:
        now = self.get_queryset().get(pk=finding.pk)
        return Response(FindingDetailSerializer(now, context=self.get_serializer_context()).data)
