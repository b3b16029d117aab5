"""Retention classes, the archive and readers of plain SQL in the admin."""

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from access.admin_base import ReadOnlyAdmin, SharedAdmin, concrete_fields, is_superuser
from metering.models import ArchivedMonth, ArchiveFile, RetentionClass, SqlReader


@admin.register(RetentionClass)
class RetentionClassAdmin(SharedAdmin[RetentionClass]):
    """How long values are kept. What is dropped is gone for good."""

    list_display = ("name", "kind", "series_kind", "measured_property", "online_months", "action", "archive_months")
    list_select_related = ("measured_property",)
    autocomplete_fields = ("measured_property",)


class ArchiveFileInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ArchiveFile
    fields = ("path", "rows", "size", "complete", "sha256", "made_at")
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(ArchivedMonth)
class ArchivedMonthAdmin(ReadOnlyAdmin[ArchivedMonth]):
    """Months in files; `manage.py store archive` and `store unarchive` move them."""

    list_display = ("__str__", "state", "since", "file_count", "size")
    list_filter = ("kind", "state")
    date_hierarchy = "month"
    fields = concrete_fields(ArchivedMonth, without=("id",))
    inlines = (ArchiveFileInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArchivedMonth]:
        return super().get_queryset(request).annotate(file_count=Count("files"), octets=Sum("files__size"))

    @admin.display(description="files")
    def file_count(self, row: ArchivedMonth) -> int:
        return int(getattr(row, "file_count", 0))

    @admin.display(description="size")
    def size(self, row: ArchivedMonth) -> str:
        return filesizeformat(getattr(row, "octets", None) or 0)


@admin.register(SqlReader)
class SqlReaderAdmin(ReadOnlyAdmin[SqlReader]):
    """Who reads values of which utility in plain SQL; `manage.py store reader` makes and removes them."""

    list_display = ("role", "utility")
    list_select_related = ("utility",)
    search_fields = ("role",)
    fields = concrete_fields(SqlReader, without=("id",))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: SqlReader | None = None) -> bool:
        return is_superuser(request) and super().has_view_permission(request, obj)
