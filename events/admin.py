"""Events in the admin: what devices said is never edited."""

from django.contrib import admin

from access.admin_base import ReadOnlyAdmin, concrete_fields
from events.models import Event


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
