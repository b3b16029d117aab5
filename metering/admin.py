"""Metering points, parties and series in the admin."""

from django.contrib import admin

from access.admin_base import AuditedAdmin
from metering.models import Contract, Customer, MeasuredProperty, MeteringPoint, Party, Series, TransformerArea


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
    """Series are made by installations and readings; what identifies one never changes."""

    list_display = ("id", "metering_point", "measured_property", "kind", "periodicity", "interval_s", "source")
    list_filter = ("kind", "periodicity")
    list_select_related = ("metering_point", "measured_property")
    search_fields = ("metering_point__gsrn__startswith", "measured_property__obis", "source")
    fields = ("metering_point", "measured_property", "kind", "periodicity", "interval_s", "exponent", "source", "feeds")
    autocomplete_fields = ("metering_point", "measured_property", "feeds")

    def get_readonly_fields(self, request: object, obj: Series | None = None) -> tuple[str, ...]:
        return () if obj is None else self.fields
