"""Metering points, parties and series in the admin."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from access.admin_base import AuditedAdmin
from access.models import User
from metering import retention_admin  # noqa: F401  (registers its pages)
from metering.models import (
    BoundaryStand,
    Contract,
    Customer,
    MeasuredProperty,
    MeteringPoint,
    Multiplier,
    Party,
    Series,
    TransformerArea,
)
from metering.services.boundaries import record_boundary, remove_boundary
from metering.services.factors import remove_multiplier, set_multiplier
from metering.services.series import set_register_digits
from metering.store import Counts


def _tell(request: HttpRequest, counts: Counts) -> None:
    """Say what became of consumption that was derived again, and why some was not."""
    told = f"Consumption derived again: {counts.new} values new, {counts.changed} changed, {counts.refused} refused."
    messages.info(request, told)
    for reason in sorted({refusal.reason for refusal in counts.refusals}):
        messages.warning(request, f"Refused: {reason}")


@admin.register(TransformerArea)
class TransformerAreaAdmin(AuditedAdmin[TransformerArea]):
    list_display = ("code", "name", "feeder", "utility")
    list_filter = ("utility",)
    list_select_related = ("utility",)
    search_fields = ("code", "name", "feeder")
    autocomplete_fields = ("utility",)


class ContractInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Contract
    extra = 0
    autocomplete_fields = ("customer", "supplier")


@admin.register(MeteringPoint)
class MeteringPointAdmin(AuditedAdmin[MeteringPoint]):
    list_display = ("gsrn", "street", "postcode", "city", "state", "transformer_area", "segment", "utility")
    list_filter = ("utility", "state", "energy_type")
    list_select_related = ("utility", "segment", "transformer_area")
    search_fields = ("gsrn__startswith", "street")
    autocomplete_fields = ("utility", "segment", "transformer_area", "parent")
    inlines = (ContractInline,)


@admin.register(Customer)
class CustomerAdmin(AuditedAdmin[Customer]):
    list_display = ("name", "number", "email", "phone", "utility")
    list_filter = ("utility",)
    list_select_related = ("utility",)
    search_fields = ("number__startswith", "name")
    autocomplete_fields = ("utility", "segment")


@admin.register(Party)
class PartyAdmin(AuditedAdmin[Party]):
    list_display = ("name", "code", "role", "utility")
    list_filter = ("utility", "role")
    list_select_related = ("utility",)
    search_fields = ("name", "code")
    autocomplete_fields = ("utility",)


@admin.register(Contract)
class ContractAdmin(AuditedAdmin[Contract]):
    list_display = ("metering_point", "kind", "customer", "supplier", "product", "validity")
    list_filter = ("kind",)
    list_select_related = ("metering_point", "customer", "supplier")
    search_fields = ("metering_point__gsrn__startswith", "customer__name", "customer__number__startswith")
    autocomplete_fields = ("metering_point", "customer", "supplier")


@admin.register(MeasuredProperty)
class MeasuredPropertyAdmin(AuditedAdmin[MeasuredProperty]):
    list_display = ("name", "obis", "unit", "energy_type", "known", "rank")
    list_filter = ("known", "energy_type")
    search_fields = ("name", "obis")


@admin.register(Series)
class SeriesAdmin(AuditedAdmin[Series]):
    """Series are made by installations and readings; what identifies one never changes, its register may be described.

    Digits of the register that are changed derive its consumption again.
    """

    list_display = ("id", "metering_point", "measured_property", "kind", "periodicity", "interval_s", "source")
    list_filter = ("kind", "periodicity")
    list_select_related = ("metering_point", "measured_property")
    search_fields = ("metering_point__gsrn__startswith", "measured_property__obis", "source")
    identity = (
        "metering_point",
        "measured_property",
        "kind",
        "periodicity",
        "interval_s",
        "exponent",
        "source",
        "feeds",
    )
    fields = (*identity, "register_digits")
    autocomplete_fields = ("metering_point", "measured_property", "feeds")

    def get_readonly_fields(self, request: HttpRequest, obj: Series | None = None) -> tuple[str, ...]:
        return () if obj is None else tuple(field for field in self.fields if field != "register_digits")

    def save_model(self, request: HttpRequest, obj: Series, form: "ModelForm[Series]", change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
        elif "register_digits" in form.changed_data:
            counts = set_register_digits(series=[obj], digits=obj.register_digits, user=cast("User", request.user))
            _tell(request, counts)


@admin.register(Multiplier)
class MultiplierAdmin(AuditedAdmin[Multiplier]):
    """Ratios of transformers and worths of pulses; a correction derives consumption again and keeps the versions."""

    list_display = ("metering_point", "source", "valid_from", "numerator", "denominator", "reason")
    list_select_related = ("metering_point",)
    search_fields = ("metering_point__gsrn__startswith", "source")
    autocomplete_fields = ("metering_point",)
    identity = ("metering_point", "source", "valid_from")
    fields = (*identity, "numerator", "denominator", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Multiplier | None = None) -> tuple[str, ...]:
        return () if obj is None else self.identity

    def save_model(self, request: HttpRequest, obj: Multiplier, form: "ModelForm[Multiplier]", change: bool) -> None:
        _tell(request, set_multiplier(multiplier=obj, user=cast("User", request.user)))

    def delete_model(self, request: HttpRequest, obj: Multiplier) -> None:
        _tell(request, remove_multiplier(multiplier=obj, user=cast("User", request.user)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Multiplier]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(BoundaryStand)
class BoundaryStandAdmin(AuditedAdmin[BoundaryStand]):
    """What registers showed where they began or ended to count; a correction derives consumption again."""

    list_display = ("metering_point", "measured_property", "source", "at", "side", "value")
    list_filter = ("side",)
    list_select_related = ("metering_point", "measured_property")
    search_fields = ("metering_point__gsrn__startswith", "source")
    autocomplete_fields = ("metering_point", "measured_property")
    identity = ("metering_point", "measured_property", "source", "at", "side")
    fields = (*identity, "value")

    def get_readonly_fields(self, request: HttpRequest, obj: BoundaryStand | None = None) -> tuple[str, ...]:
        return () if obj is None else self.identity

    def save_model(
        self, request: HttpRequest, obj: BoundaryStand, form: "ModelForm[BoundaryStand]", change: bool
    ) -> None:
        _tell(request, record_boundary(boundary=obj, user=cast("User", request.user)))

    def delete_model(self, request: HttpRequest, obj: BoundaryStand) -> None:
        _tell(request, remove_boundary(boundary=obj, user=cast("User", request.user)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BoundaryStand]) -> None:
        for row in queryset:
            self.delete_model(request, row)
