"""Devices, their models, installations and keys in the admin. Key material is never shown and never entered here."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.http import HttpRequest

from access.admin_base import AuditedAdmin, ReadOnlyAdmin, concrete_fields
from access.models import User
from devices.forms import InstallationForm
from devices.models import (
    Contact,
    Device,
    DeviceGroup,
    DeviceKey,
    DeviceModel,
    Installation,
    ProfileLayout,
    StateChange,
)
from devices.models.keys import TransportKey
from devices.services.installations import Placement, install, remove


@admin.register(DeviceModel)
class DeviceModelAdmin(AuditedAdmin[DeviceModel]):
    list_display = ("name", "manufacturer", "code", "kind", "protocol")
    list_filter = ("kind", "protocol")
    search_fields = ("name", "manufacturer", "code")


@admin.register(Device)
class DeviceAdmin(AuditedAdmin[Device]):
    list_display = ("serial_number", "usn", "model", "state", "address", "firmware", "segment", "utility")
    list_filter = ("utility", "state", "model")
    readonly_fields = ("state", "error_reason")
    list_select_related = ("utility", "segment", "model", "concentrator", "master__concentrator")
    search_fields = ("serial_number__startswith", "usn__startswith", "host__startswith", "system_title__exact")
    autocomplete_fields = ("utility", "segment", "model", "concentrator", "master")


@admin.register(DeviceGroup)
class DeviceGroupAdmin(AuditedAdmin[DeviceGroup]):
    """Name, description and filter; who is in a group of named devices, its page says."""

    list_display = ("name", "kind", "query", "utility")
    list_filter = ("utility", "kind")
    list_select_related = ("utility",)
    search_fields = ("name", "description")
    autocomplete_fields = ("utility",)


@admin.register(Installation)
class InstallationAdmin(AuditedAdmin[Installation]):
    """Installations are made and ended by the service: promised series, state of the device, audit trail."""

    form = InstallationForm
    list_display = ("device", "metering_point", "period")
    list_select_related = ("device", "metering_point")
    search_fields = ("device__serial_number__startswith", "metering_point__gsrn__startswith")
    autocomplete_fields = ("device", "metering_point")

    def get_readonly_fields(self, request: HttpRequest, obj: Installation | None = None) -> tuple[str, ...]:
        return ("device", "metering_point") if obj else ()

    def save_model(self, request: HttpRequest, obj: Installation, form: Any, change: bool) -> None:
        user = cast("User", request.user)
        if not change:
            placement = Placement(obj.device, obj.metering_point, obj.period.lower, obj.period.upper)
            (made,) = install(placements=[placement], user=user)
            obj.pk, obj._state.adding = made.pk, False
        elif obj.period.upper is not None and "period" in form.changed_data:
            remove(installation=obj, at=obj.period.upper, user=user)


@admin.register(StateChange)
class StateChangeAdmin(ReadOnlyAdmin[StateChange]):
    list_display = ("device", "before", "after", "at", "reason", "user")
    list_filter = ("after",)
    list_select_related = ("device", "user")
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(StateChange, without=("id",))


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin[Contact]):
    list_display = ("device", "last_contact_at", "last_reading_at", "clock_offset_s", "failures", "cause")
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(Contact)


@admin.register(DeviceKey)
class DeviceKeyAdmin(ReadOnlyAdmin[DeviceKey]):
    """Which keys there are. There is no page of one key: nothing on it could be shown."""

    list_display = ("device", "kind", "version", "state", "created_at")
    list_display_links = None
    list_filter = ("kind", "state")
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields: ClassVar[tuple[str, ...]] = ("device", "kind", "version", "state", "created_at")

    def has_view_permission(self, request: HttpRequest, obj: DeviceKey | None = None) -> bool:
        return obj is None and super().has_view_permission(request)


@admin.register(TransportKey)
class TransportKeyAdmin(ReadOnlyAdmin[TransportKey]):
    """Which transport keys there are; `manage.py keys transport` adds and withdraws them."""

    list_display = ("name", "utility", "method", "created_at", "withdrawn_at")
    list_display_links = None
    list_filter = ("utility", "method")
    list_select_related = ("utility",)
    search_fields = ("name__startswith",)
    fields: ClassVar[tuple[str, ...]] = list_display

    def has_view_permission(self, request: HttpRequest, obj: TransportKey | None = None) -> bool:
        return obj is None and super().has_view_permission(request)


@admin.register(ProfileLayout)
class ProfileLayoutAdmin(ReadOnlyAdmin[ProfileLayout]):
    list_display = ("device", "obis", "interval_s", "read_at")
    list_select_related = ("device",)
    search_fields = ("device__serial_number__startswith",)
    fields = concrete_fields(ProfileLayout, without=("id",))
