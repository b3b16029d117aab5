"""What every admin page of the product has in common: rows through the one door, and a record of every change."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from access import audit
from access.models import User, Utility
from access.querysets import ScopedQuerySet
from access.reach import users_within

_Row = TypeVar("_Row", bound=Model)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    _ModelAdmin = admin.ModelAdmin
else:  # Django's admin classes take no type argument at run time.

    class _ModelAdmin(admin.ModelAdmin, Generic[_Row]): ...


def visible(rows: QuerySet[_Row], user: User) -> QuerySet[_Row]:
    """`rows` as far as they are open to `user`; those of no utility are open to whoever may enter the page."""
    if issubclass(rows.model, User):
        return rows.filter(pk__in=users_within(user).values("pk"))
    return rows.visible_to(user) if isinstance(rows, ScopedQuerySet) else rows


class VisibleChoices(admin.RelatedFieldListFilter):
    """Beside a list: the utilities, segments and other rows to filter by, as far as they are open."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> "list[tuple[str, str | StrPromise]]":
        rows = visible(field.remote_field.model._default_manager.all(), cast("User", request.user))
        return [(str(row.pk), str(row)) for row in rows]


admin.FieldListFilter.register(lambda field: bool(field.remote_field), VisibleChoices, take_priority=True)


class VisibleAdmin(_ModelAdmin[_Row]):
    """Lists, forms and choices show what the administrator's utilities and segments hold."""

    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[_Row]:
        return visible(super().get_queryset(request), cast("User", request.user))

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        rows = kwargs.get("queryset", db_field.related_model._default_manager.all())
        kwargs["queryset"] = visible(rows, cast("User", request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AuditedAdmin(VisibleAdmin[_Row]):
    """Every addition, change and deletion goes to the audit trail, beside Django's own log of the admin."""

    def log_addition(self, request: HttpRequest, obj: _Row, message: Any) -> LogEntry:
        _record(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: _Row, message: Any) -> LogEntry:
        _record(request, "changed", obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[LogEntry]:
        for row in queryset:
            _record(request, "deleted", row)
        return super().log_deletions(request, queryset)


class SharedAdmin(AuditedAdmin[_Row]):
    """Rows that all utilities share: who looks after one of them sees them, superusers change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: _Row | None = None) -> bool:
        return is_superuser(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: _Row | None = None) -> bool:
        return is_superuser(request) and super().has_delete_permission(request, obj)


class ReadOnlyAdmin(VisibleAdmin[_Row]):
    """Rows the system writes and nobody edits."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def is_superuser(request: HttpRequest) -> bool:
    """Whether the user may see and change everything of every utility."""
    return request.user.is_active and request.user.is_superuser


def _record(request: HttpRequest, verb: str, row: Model) -> None:
    summary = f"{row._meta.verbose_name} {row} {verb} in the admin"
    audit.record(verb, summary, user=cast("User", request.user), utility=_utility_of(row), target=row)


def _utility_of(row: Model) -> Utility | None:
    """The utility the row belongs to, by its own declaration (`access.querysets.Scoped`); None for what has none."""
    path: str | None = getattr(row, "scope_utility", None)
    if path is None:
        return None
    found: Any = row
    for name in path.split("__") if path != "pk" else ():
        found = getattr(found, name, None)
    return found if isinstance(found, Utility) else None


def concrete_fields(model: type[Model], *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of the model's own columns, for forms that only show."""
    fields: list[Field[Any, Any]] = list(model._meta.fields)
    return tuple(field.name for field in fields if field.name not in without)
