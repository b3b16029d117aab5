"""Schedules, jobs and what became of them in the admin. Jobs are steered from their page, not here."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from access.admin_base import AuditedAdmin, ReadOnlyAdmin, concrete_fields
from headend.forms import RetryRuleForm, ScheduleForm
from headend.models import (
    AcceptanceRule,
    Attempt,
    ClockCorrection,
    ClockPolicy,
    Deadline,
    DeliveryCount,
    DiscoveredDevice,
    Exclusion,
    FollowPolicy,
    Gap,
    GapBudget,
    Job,
    JobItem,
    ListedMeter,
    MeterList,
    NetworkReading,
    PushCounter,
    PushRefusal,
    ReadMark,
    RetryRule,
    Schedule,
    SegmentLimit,
    WayChange,
)
from headend.services.deliveries import forget
from headend.services.schedules import RHYTHM_FIELDS, replan
from metering.views.people import user_of


@admin.register(Schedule)
class ScheduleAdmin(AuditedAdmin[Schedule]):
    list_display = (
        "name",
        "utility",
        "kind",
        "rhythm",
        "every_min",
        "at_minute",
        "enabled",
        "next_run_at",
        "last_run_at",
    )
    list_filter = ("utility", "kind", "enabled")
    list_select_related = ("utility",)
    search_fields = ("name",)
    autocomplete_fields = ("utility",)
    form = ScheduleForm
    readonly_fields = ("next_run_at", "last_run_at")

    def save_model(self, request: HttpRequest, obj: Schedule, form: "ModelForm[Schedule]", change: bool) -> None:
        """A changed rhythm counts at once: the run planned by the old one is void."""
        if not change or RHYTHM_FIELDS & set(form.changed_data):
            replan(obj)
        super().save_model(request, obj, form, change)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin[Job]):
    list_display = ("id", "title", "kind", "utility", "state", "created_at", "created_by", "finished_at")
    list_filter = ("utility", "state", "kind")
    list_select_related = ("utility", "created_by")
    search_fields = ("title", "action__exact")
    fields = concrete_fields(Job, without=("id",))


@admin.register(JobItem)
class JobItemAdmin(ReadOnlyAdmin[JobItem]):
    list_display = ("id", "job", "device", "state", "attempts", "last_cause", "finished_at")
    list_filter = ("state",)
    list_select_related = ("job", "device")
    search_fields = ("job__id__exact", "device__serial_number__startswith")
    fields = concrete_fields(JobItem, without=("id",))


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin[Attempt]):
    list_display = ("id", "device", "number", "started_at", "duration_s", "cause", "bytes_sent", "bytes_received")
    list_select_related = ("item__device",)
    search_fields = ("item__device__serial_number__startswith", "item__job__id__exact")
    fields = concrete_fields(Attempt, without=("id",))

    @admin.display(description="device")
    def device(self, attempt: Attempt) -> str:
        return str(attempt.item.device)


@admin.register(Gap)
class GapAdmin(ReadOnlyAdmin[Gap]):
    list_display = ("device", "obis", "starts_at", "ends_at", "state", "tries")
    list_filter = ("state",)
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(Gap, without=("id",))


@admin.register(ReadMark)
class ReadMarkAdmin(ReadOnlyAdmin[ReadMark]):
    list_display = ("device", "obis", "until")
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(ReadMark, without=("id",))


@admin.register(AcceptanceRule)
class AcceptanceRuleAdmin(AuditedAdmin[AcceptanceRule]):
    list_display = ("manufacturer", "first_number", "last_number", "utility", "model", "serial_prefix", "enabled")
    list_filter = ("utility", "enabled")
    list_select_related = ("utility", "model")
    search_fields = ("manufacturer",)
    autocomplete_fields = ("utility",)


@admin.register(DiscoveredDevice)
class DiscoveredDeviceAdmin(ReadOnlyAdmin[DiscoveredDevice]):
    list_display = ("caller", "state", "manufacturer", "address", "count", "last_at", "device")
    list_filter = ("state",)
    list_select_related = ("device",)
    search_fields = ("system_title__startswith", "serial_number__startswith")
    fields = concrete_fields(DiscoveredDevice, without=("id", "last_message"))


@admin.register(PushCounter)
class PushCounterAdmin(ReadOnlyAdmin[PushCounter]):
    list_display = ("system_title", "key", "last", "refused", "moved_at")
    search_fields = ("system_title__startswith",)
    fields = concrete_fields(PushCounter, without=("id", "digest"))


@admin.register(PushRefusal)
class PushRefusalAdmin(ReadOnlyAdmin[PushRefusal]):
    list_display = ("device", "cause", "count", "last_at", "address")
    list_filter = ("cause",)
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(PushRefusal, without=("id",))


@admin.register(Deadline)
class DeadlineAdmin(AuditedAdmin[Deadline]):
    list_display = ("utility", "measured_property", "days_after", "at_minute")
    list_filter = ("utility",)
    list_select_related = ("utility", "measured_property")
    autocomplete_fields = ("utility",)


@admin.register(GapBudget)
class GapBudgetAdmin(AuditedAdmin[GapBudget]):
    list_display = ("utility", "devices_per_hour")
    list_select_related = ("utility",)
    autocomplete_fields = ("utility",)


@admin.register(Exclusion)
class ExclusionAdmin(AuditedAdmin[Exclusion]):
    list_display = ("device", "first_day", "last_day", "reason", "created_by")
    list_select_related = ("device", "created_by")
    search_fields = ("device__serial_number__startswith", "reason")
    autocomplete_fields = ("device",)

    def save_model(self, request: HttpRequest, obj: Exclusion, form: "ModelForm[Exclusion]", change: bool) -> None:
        """What was counted of the days it covers, or covered, is counted anew."""
        obj.created_by = obj.created_by or user_of(request)
        before = Exclusion.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        for row in (obj, *([before] if before else [])):
            forget(row.device.utility, row.first_day, row.last_day)

    def delete_model(self, request: HttpRequest, obj: Exclusion) -> None:
        super().delete_model(request, obj)
        forget(obj.device.utility, obj.first_day, obj.last_day)


@admin.register(DeliveryCount)
class DeliveryCountAdmin(ReadOnlyAdmin[DeliveryCount]):
    list_display = ("utility", "day", "by", "area", "model", "expected", "present", "excluded")
    list_filter = ("utility", "by")
    list_select_related = ("utility",)
    fields = concrete_fields(DeliveryCount, without=("id",))


@admin.register(SegmentLimit)
class SegmentLimitAdmin(AuditedAdmin[SegmentLimit]):
    list_display = ("kind", "name", "sessions", "per_second", "gap_devices_per_hour")
    list_filter = ("kind",)
    search_fields = ("name",)


@admin.register(ClockPolicy)
class ClockPolicyAdmin(AuditedAdmin[ClockPolicy]):
    list_display = ("utility", "model", "enabled", "tolerance_s", "sync_limit_s", "largest_s", "boundary_s", "per_day")
    list_filter = ("utility", "enabled")
    list_select_related = ("utility", "model")
    autocomplete_fields = ("utility", "model")


@admin.register(ClockCorrection)
class ClockCorrectionAdmin(ReadOnlyAdmin[ClockCorrection]):
    list_display = ("device", "at", "before_s", "after_s", "how")
    list_filter = ("how",)
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(ClockCorrection, without=("id",))


@admin.register(NetworkReading)
class NetworkReadingAdmin(ReadOnlyAdmin[NetworkReading]):
    list_display = ("device", "at", "operator", "service", "cell", "signal_dbm", "apn")
    list_filter = ("service",)
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith", "cell")
    fields = concrete_fields(NetworkReading, without=("id",))


@admin.register(FollowPolicy)
class FollowPolicyAdmin(AuditedAdmin[FollowPolicy]):
    list_display = ("utility", "follow", "most_at_once")
    list_select_related = ("utility",)
    autocomplete_fields = ("utility",)


@admin.register(MeterList)
class MeterListAdmin(ReadOnlyAdmin[MeterList]):
    list_display = ("concentrator", "read_at", "count")
    list_select_related = ("concentrator",)
    search_fields = ("concentrator__serial_number__startswith",)
    fields = concrete_fields(MeterList)


@admin.register(ListedMeter)
class ListedMeterAdmin(ReadOnlyAdmin[ListedMeter]):
    list_display = ("name", "concentrator", "state", "since", "gateway_address", "note")
    list_filter = ("state",)
    list_select_related = ("concentrator",)
    search_fields = ("name__startswith", "concentrator__serial_number__startswith")
    fields = concrete_fields(ListedMeter, without=("id",))


@admin.register(WayChange)
class WayChangeAdmin(ReadOnlyAdmin[WayChange]):
    list_display = ("device", "at", "before", "before_address", "after", "after_address", "user")
    list_select_related = ("device", "before", "after", "user")
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(WayChange, without=("id",))


@admin.register(RetryRule)
class RetryRuleAdmin(AuditedAdmin[RetryRule]):
    """How often and how soon a cause is tried again at a utility, where it differs from the reference of causes."""

    form = RetryRuleForm
    list_display = ("cause", "utility", "attempts", "first_wait_s", "factor", "longest_wait_s", "jitter_percent")
    list_filter = ("utility",)
    list_select_related = ("utility",)
    search_fields = ("cause",)
    autocomplete_fields = ("utility",)
