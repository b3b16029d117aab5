"""What others call our metering points, in the admin."""

from django.contrib import admin

from access.admin_base import AuditedAdmin
from integration.models import ExternalId


@admin.register(ExternalId)
class ExternalIdAdmin(AuditedAdmin[ExternalId]):
    list_display = ("value", "scheme", "metering_point", "utility")
    list_filter = ("scheme", "utility")
    list_select_related = ("metering_point", "utility")
    search_fields = ("value__startswith", "metering_point__gsrn__startswith")
    autocomplete_fields = ("metering_point", "utility")
