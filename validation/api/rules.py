"""Rule sets, their rules, and for which series they are meant."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.forms import model_to_dict
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from validation.api.filters import AssignmentApiFilter, RuleApiFilter, RuleSetApiFilter
from validation.api.refusals import CONFLICT, check_form, conflicts, fields_told
from validation.api.shapes import given
from validation.forms.assignment import AssignmentForm
from validation.models import Assignment, ResultGroup, Rule, RuleSet
from validation.reach import whole_utilities
from validation.rule_check import Level, check_rule
from validation.services.assignments import assign, remove_assignment
from validation.services.changing_rules import RuleSetError, delete_rule, save_rule

_OWN = (
    "name", "condition", "parameters", "action", "action_parameters", "severity", "eligibility", "outages", "group",
    "enabled", "note",
)  # fmt: skip
_GONE: dict[Any, OpenApiResponse] = {204: OpenApiResponse(description="It is gone."), **CONFLICT}


class RuleSerializer(RowSerializer):
    class Meta:
        model = Rule
        fields: ClassVar[tuple[str, ...]] = ("id", "rule_set", "position", *_OWN)


class CheckedRuleSerializer(RuleSerializer):
    warnings = serializers.SerializerMethodField(help_text="What is odd about it; what is wrong is refused.")

    class Meta(RuleSerializer.Meta):
        fields = (*RuleSerializer.Meta.fields, "warnings")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, rule: Rule) -> list[str]:
        return [problem.message for problem in check_rule(rule) if problem.level is Level.WARNING]


class RuleSetSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")

    class Meta:
        model = RuleSet
        fields: ClassVar[tuple[str, ...]] = (
            "id", "utility", "code", "name", "description", "kind", "shipped", "compatible", "estimation", "version",
            "changed_at",
        )  # fmt: skip
        extra_kwargs = {"estimation": {"help_text": "Steps of estimating; the first that answers."}}


class RuleSetDetailSerializer(RuleSetSerializer):
    rules = RuleSerializer(many=True, read_only=True)

    class Meta(RuleSetSerializer.Meta):
        fields = (*RuleSetSerializer.Meta.fields, "rules")


@extend_schema_view(
    list=extend_schema(operation_id="rule_sets_list", summary="Rule sets"),
    retrieve=extend_schema(operation_id="rule_sets_get", summary="A rule set with its rules"),
)
@extend_schema(tags=["validation"])
class RuleSets(ReadResource[RuleSet]):
    """Rules in order, and the steps by which estimates are found."""

    queryset = RuleSet.objects.select_related("utility")
    serializer_class = RuleSetSerializer
    detail_serializer_class = RuleSetDetailSerializer
    filterset_class = RuleSetApiFilter


class RuleChangeSerializer(serializers.ModelSerializer[Rule]):
    """Fields of a rule; what is not given stays, or is as usual."""

    class Meta:
        model = Rule
        fields: ClassVar[tuple[str, ...]] = _OWN

    def validate_group(self, group: ResultGroup | None) -> ResultGroup | None:
        user = self.context["user"]
        if group is not None and not ResultGroup.objects.visible_to(user).filter(pk=group.pk).exists():
            raise serializers.ValidationError("There is no such group.")
        return group


class NewRuleSerializer(RuleChangeSerializer):
    class Meta(RuleChangeSerializer.Meta):
        fields = ("rule_set", *_OWN)

    def validate_rule_set(self, rule_set: RuleSet) -> RuleSet:
        if not RuleSet.objects.visible_to(self.context["user"], "change").filter(pk=rule_set.pk).exists():
            raise serializers.ValidationError("There is no such rule set.")
        return rule_set


@extend_schema_view(
    list=extend_schema(operation_id="rules_list", summary="Rules"),
    retrieve=extend_schema(operation_id="rules_get", summary="A rule, and what is odd about it"),
)
@extend_schema(tags=["validation"])
class Rules(ReadResource[Rule]):
    """Conditions with parameters, an action and the series they are for. Rules of a shipped set cannot be changed."""

    queryset = Rule.objects.select_related("rule_set__utility")
    serializer_class = RuleSerializer
    detail_serializer_class = CheckedRuleSerializer
    filterset_class = RuleApiFilter
    verbs: ClassVar[dict[str, str]] = {"create": "add", "partial_update": "change", "destroy": "delete"}

    @extend_schema(
        operation_id="rules_create", summary="Add a rule", request=NewRuleSerializer,
        responses={201: OpenApiResponse(CheckedRuleSerializer, description="The last of its set."), **CONFLICT},
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """What is wrong with it is told by field. Needs the permission `validation.add_rule`."""
        return self._save(Rule(), NewRuleSerializer, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="rules_change", summary="Change a rule", request=RuleChangeSerializer,
        responses={200: OpenApiResponse(CheckedRuleSerializer, description="As it is now."), **CONFLICT},
    )  # fmt: skip
    def partial_update(self, request: Request, pk: str) -> Response:
        """The fields that are given. Needs the permission `validation.change_rule`."""
        return self._save(self.get_object(), RuleChangeSerializer, status.HTTP_200_OK)

    @extend_schema(operation_id="rules_delete", summary="Delete a rule", responses=_GONE)
    def destroy(self, request: Request, pk: str) -> Response:
        """What it found stays. Needs the permission `validation.delete_rule`."""
        with conflicts(RuleSetError):
            delete_rule(rule=self.get_object(), user=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _save(self, rule: Rule, serializer: type[RuleChangeSerializer], code: int) -> Response:
        user = cast("User", self.request.user)
        asked = serializer(data=self.request.data, partial=rule.pk is not None, context={"user": user})
        asked.is_valid(raise_exception=True)
        for name, value in asked.validated_data.items():
            setattr(rule, name, value)
        with fields_told():
            rule.full_clean(exclude=["position"], validate_constraints=False)
        with conflicts(RuleSetError):
            save_rule(rule=rule, user=user)
        return Response(CheckedRuleSerializer(rule, context=self.get_serializer_context()).data, code)


class AssignmentSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")

    class Meta:
        model = Assignment
        fields = (
            "id", "utility", "rule_set", "role", "series", "group", "customer_type", "energy_type", "priority",
            "days_after",
        )  # fmt: skip


_USUAL = model_to_dict(Assignment(), fields=("role", "priority", "days_after"))


class NewAssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """A rule set and its target: a series, a group of devices, a type of customer, or none: the whole utility."""

    utility = serializers.CharField(max_length=40, help_text="Code of the utility.")
    rule_set = serializers.IntegerField(min_value=1, help_text="Id of the rule set.")
    series = serializers.IntegerField(min_value=1, required=False, help_text="Id of a series.")
    group = serializers.IntegerField(min_value=1, required=False, help_text="Id of a group of devices.")

    class Meta:
        model = Assignment
        fields = ("utility", "rule_set", "role", "series", "group", "customer_type", "energy_type", "priority",
                  "days_after")  # fmt: skip
        validators: ClassVar[list[Any]] = []


@extend_schema_view(
    list=extend_schema(operation_id="rule_assignments_list", summary="Assignments of rule sets"),
    retrieve=extend_schema(operation_id="rule_assignments_get", summary="An assignment"),
)
@extend_schema(tags=["validation"])
class Assignments(ReadResource[Assignment]):
    """Which set holds: that of the series before that of a group, a type of customer, the utility."""

    queryset = Assignment.objects.select_related("utility")
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentApiFilter
    verbs: ClassVar[dict[str, str]] = {"create": "add", "destroy": "delete"}

    @extend_schema(
        operation_id="rule_assignments_create", summary="Assign a rule set", request=NewAssignmentSerializer,
        responses={201: OpenApiResponse(AssignmentSerializer, description="It holds from now on.")},
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Needs the permission `validation.add_assignment`, and the whole utility."""
        user, asked = cast("User", request.user), given(NewAssignmentSerializer, request.data)
        utility = whole_utilities(user).filter(code=asked["utility"]).first()
        form = AssignmentForm({**_USUAL, **asked, "utility": utility and utility.pk}, user=user)
        check_form(form)
        assignment: Assignment = form.save(commit=False)
        assign(assignment=assignment, user=user)
        return Response(self.get_serializer(assignment).data, status.HTTP_201_CREATED)

    @extend_schema(operation_id="rule_assignments_delete", summary="Take an assignment away", responses=_GONE)
    def destroy(self, request: Request, pk: str) -> Response:
        """The set stays. Needs the permission `validation.delete_assignment`."""
        remove_assignment(assignment=self.get_object(), user=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)
