"""What validation is told by administrators, in the admin. Rules are changed on the page of their set, where the order
and what contradicts are seen; here they are looked at."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from access.admin_base import AuditedAdmin, ReadOnlyAdmin, concrete_fields
from validation.models import Assignment, CheckMeter, ReferenceValue, ResultGroup, Rule, RuleSet


@admin.register(RuleSet)
class RuleSetAdmin(AuditedAdmin[RuleSet]):
    list_display = ("name", "utility", "kind", "shipped", "compatible", "version", "changed_at")
    list_filter = ("utility", "kind", "shipped")
    list_select_related = ("utility",)
    search_fields = ("name", "code")
    autocomplete_fields = ("utility",)
    readonly_fields = ("shipped", "version", "changed_at")

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return not (obj and obj.shipped) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return not (obj and obj.shipped) and super().has_delete_permission(request, obj)


@admin.register(Rule)
class RuleAdmin(ReadOnlyAdmin[Rule]):
    list_display = ("name", "rule_set", "position", "condition", "action", "severity", "enabled")
    list_filter = ("rule_set__utility", "severity", "enabled")
    list_select_related = ("rule_set",)
    search_fields = ("name", "condition")
    fields = concrete_fields(Rule, without=("id",))


@admin.register(Assignment)
class AssignmentAdmin(AuditedAdmin[Assignment]):
    list_display = ("rule_set", "role", "target", "energy_type", "priority", "utility")
    list_filter = ("utility", "role")
    list_select_related = ("utility", "rule_set", "series__measured_property", "group")
    autocomplete_fields = ("utility", "rule_set", "series", "group")


@admin.register(ResultGroup)
class ResultGroupAdmin(AuditedAdmin[ResultGroup]):
    list_display = ("name", "utility", "owner", "due_hours")
    list_filter = ("utility",)
    list_select_related = ("utility", "owner")
    search_fields = ("name",)
    autocomplete_fields = ("utility", "owner")


@admin.register(CheckMeter)
class CheckMeterAdmin(AuditedAdmin[CheckMeter]):
    list_display = ("series", "check_series")
    list_select_related = ("series__measured_property", "check_series__measured_property")
    search_fields = ("series__metering_point__gsrn__startswith",)
    autocomplete_fields = ("series", "check_series")


@admin.register(ReferenceValue)
class ReferenceValueAdmin(AuditedAdmin[ReferenceValue]):
    list_display = ("series", "kind", "value", "valid_from")
    list_filter = ("kind",)
    list_select_related = ("series__measured_property",)
    search_fields = ("series__metering_point__gsrn__startswith",)
    autocomplete_fields = ("series",)
