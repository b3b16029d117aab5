"""Events and outages in the admin: what devices said, and what follows from it, is never edited."""

from django.contrib import admin

from access.admin_base import AuditedAdmin, ReadOnlyAdmin, concrete_fields
from events.models import AlarmMessage, AreaOutage, Event, Outage, OutageRule, VoltageBand


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin[Event]):
    list_display = ("at", "device", "metering_point", "text", "category", "severity")
    list_filter = ("severity", "category")
    list_select_related = ("device", "metering_point")
    search_fields = ("device__serial_number__startswith", "metering_point__gsrn__startswith")
    fields = concrete_fields(Event, without=("id",))

    @admin.display(description="event")
    def text(self, event: Event) -> str:
        return event.entry.text


@admin.register(OutageRule)
class OutageRuleAdmin(AuditedAdmin[OutageRule]):
    list_display = ("utility", "devices", "percent", "shortest_s")
    list_select_related = ("utility",)


@admin.register(VoltageBand)
class VoltageBandAdmin(AuditedAdmin[VoltageBand]):
    list_display = ("utility", "area", "metering_point", "nominal_v", "below_percent", "above_percent")
    list_select_related = ("utility", "area", "metering_point")
    autocomplete_fields = ("utility", "metering_point")
    raw_id_fields = ("area",)
    search_fields = ("metering_point__gsrn__startswith", "area__code__startswith")


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin[Outage]):
    list_display = ("device", "metering_point", "started_at", "ended_at", "start_source", "end_source", "area_outage")
    list_select_related = ("device", "metering_point", "area_outage__area")
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(Outage, without=("id",))


@admin.register(AreaOutage)
class AreaOutageAdmin(ReadOnlyAdmin[AreaOutage]):
    list_display = ("area", "started_at", "ended_at", "devices", "heard", "planned")
    list_select_related = ("area", "planned__area")
    search_fields = ("area__code__startswith",)
    fields = concrete_fields(AreaOutage, without=("id",))


@admin.register(AlarmMessage)
class AlarmMessageAdmin(ReadOnlyAdmin[AlarmMessage]):
    list_display = ("created_at", "rule", "channel", "state", "attempts", "problem")
    list_filter = ("state", "channel")
    list_select_related = ("rule",)
    fields = concrete_fields(AlarmMessage, without=("id",))
