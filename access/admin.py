"""Users, roles, utilities, segments, API tokens and the audit trail in the admin."""

from typing import Any, cast

from auditlog.admin import LogEntryAdmin
from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelForm, ModelMultipleChoiceField
from django.http import HttpRequest

from access.admin_base import AuditedAdmin, ReadOnlyAdmin, SharedAdmin, concrete_fields, is_superuser
from access.forms import ApiTokenForm, NewUserForm, OpenedData, UserForm, for_editor
from access.models import ApiToken, AuditRecord, Segment, User, Utility
from access.reach import records_within, roles_within, tokens_within
from access.services.grants import set_opened
from access.services.utilities import set_up

admin.site.unregister([Group, LogEntry])


@admin.register(Group)
class RoleAdmin(SharedAdmin[Group], BaseGroupAdmin):
    """Roles: what may be done. Which data, the user's page says."""


@admin.register(User)
class UserAdmin(AuditedAdmin[User], BaseUserAdmin):  # type: ignore[type-arg]
    """Users with their roles and the utilities and segments opened to them, as far as the administrator reaches."""

    form = UserForm
    add_form = NewUserForm
    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        ("Which data", {"fields": ("utilities", "segments")}),
    )
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Which data", {"fields": ("utilities", "segments")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        above = () if is_superuser(request) else ("is_staff", "is_superuser")
        return (*super().get_readonly_fields(request, obj), *above)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return for_editor(cast("type[OpenedData]", form), cast("User", request.user))

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelMultipleChoiceField[Any] | None":
        if db_field.name == "groups":
            kwargs["queryset"] = roles_within(cast("User", request.user))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if isinstance(form, OpenedData):
            set_opened(
                user=form.instance,
                utilities=form.cleaned_data["utilities"],
                segments=form.cleaned_data["segments"],
                by=cast("User", request.user),
            )


@admin.register(Utility)
class UtilityAdmin(AuditedAdmin[Utility]):
    list_display = ("name", "code", "time_zone")
    search_fields = ("name", "code")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new utility is open to nobody else yet."""
        return is_superuser(request) and super().has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Utility, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            set_up(obj)


@admin.register(Segment)
class SegmentAdmin(AuditedAdmin[Segment]):
    list_display = ("name", "code", "utility")
    list_filter = ("utility",)
    list_select_related = ("utility",)
    search_fields = ("name", "code")
    autocomplete_fields = ("utility",)


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin[ApiToken]):
    """Tokens are made and withdrawn, never changed; the text is shown once, right after making."""

    form = ApiTokenForm
    list_display = ("name", "prefix", "user", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    autocomplete_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return tokens_within(cast("User", request.user))

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: "ModelForm[ApiToken]", change: bool) -> None:
        issued, text = ApiToken.issue(user=obj.user, name=obj.name, expires_at=obj.expires_at)
        obj.pk, obj.prefix = issued.pk, issued.prefix
        messages.warning(request, f"The token, shown only now: {text}")


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin[AuditRecord]):
    list_display = ("at", "username", "verb", "summary", "utility_code", "action")
    list_filter = ("utility_code",)
    search_fields = ("username", "summary", "action__exact", "object_id__exact")
    search_help_text = "Username, words of the summary, or a whole action id."
    fields = concrete_fields(AuditRecord, without=("id",))

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditRecord]:
        return records_within(cast("User", request.user))


@admin.register(LogEntry)
class FieldHistoryAdmin(LogEntryAdmin):  # type: ignore[misc]
    """Field history of all utilities at once, which only superusers may see; others have the Changes tabs."""

    def has_view_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return is_superuser(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)
