"""Filters of metering points, customers and series. Those named `…ApiFilter` are the query parameters of the API."""

from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django_filters import FilterSet, filters

from access.models import Segment, User
from aim.rest.filters import IdFilter, InstantFilter, TrueFalseFilter
from aim.web.widgets import search_box
from metering.models import (
    Contract,
    Customer,
    MeasuredProperty,
    MeteringPoint,
    Series,
    TransformerArea,
    ValueComment,
)
from metering.models.network import EnergyType
from metering.search import by_text

_SEARCH = search_box("GSRN, customer, address, serial number")
_CHECKBOXES = forms.CheckboxSelectMultiple()


def search_metering_points(rows: QuerySet[MeteringPoint], text: str) -> QuerySet[MeteringPoint]:
    """Points whose GSRN begins with `text`, or whose street, customer's name or number contains it."""
    named = Q(customer__name__icontains=text) | Q(customer__number=text)
    of_customer = Contract.objects.filter(named).values("metering_point")
    return rows.filter(Q(gsrn__startswith=text) | Q(street__icontains=text) | Q(pk__in=of_customer))


class MeteringPointApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    segment = filters.CharFilter("segment__code", help_text="Code of the segment.")
    gsrn = filters.CharFilter(help_text="The whole GSRN, 18 digits.")
    state = filters.ChoiceFilter(choices=MeteringPoint.State.choices)
    energy_type = filters.ChoiceFilter(choices=EnergyType.choices)
    transformer_area = filters.CharFilter("transformer_area__code", help_text="Code of the transformer area.")
    city = filters.CharFilter(lookup_expr="iexact")
    customer_number = filters.CharFilter(
        method="of_customer", help_text="Number of a customer who has or had a contract here."
    )
    search = filters.CharFilter(
        method="matching", help_text="Beginning of the GSRN, part of the street or of a customer's name."
    )

    class Meta:
        model = MeteringPoint
        fields: list[str] = []

    def of_customer(self, rows: QuerySet[MeteringPoint], name: str, value: str) -> QuerySet[MeteringPoint]:
        return rows.filter(pk__in=Contract.objects.filter(customer__number=value).values("metering_point"))

    def matching(self, rows: QuerySet[MeteringPoint], name: str, value: str) -> QuerySet[MeteringPoint]:
        return search_metering_points(rows, value)


class TransformerAreaApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    code = filters.CharFilter()
    feeder = filters.CharFilter()

    class Meta:
        model = TransformerArea
        fields: list[str] = []


class CustomerApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    number = filters.CharFilter()
    name = filters.CharFilter(lookup_expr="icontains", help_text="Part of the name.")
    metering_point = IdFilter(
        method="at_point", help_text="Id of a metering point the customer has or had a contract for."
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def at_point(self, rows: QuerySet[Customer], name: str, value: int) -> QuerySet[Customer]:
        return rows.filter(pk__in=Contract.objects.filter(metering_point=value).values("customer"))


class MeasuredPropertyApiFilter(FilterSet):
    obis = filters.CharFilter(help_text="OBIS code, e.g. 1-0:1.8.0.")
    unit = filters.CharFilter()
    energy_type = filters.ChoiceFilter(choices=EnergyType.choices)

    class Meta:
        model = MeasuredProperty
        fields: list[str] = []


class SeriesApiFilter(FilterSet):
    utility = filters.CharFilter("metering_point__utility__code", help_text="Code of the utility.")
    metering_point = IdFilter("metering_point", help_text="Id of the metering point.")
    gsrn = filters.CharFilter("metering_point__gsrn", help_text="GSRN of the metering point.")
    obis = filters.CharFilter("measured_property__obis", help_text="OBIS code, e.g. 1-0:1.29.0.")
    unit = filters.CharFilter("measured_property__unit")
    kind = filters.ChoiceFilter(choices=Series.Kind.choices)
    periodicity = filters.ChoiceFilter(choices=Series.Periodicity.choices)
    source = filters.CharFilter(help_text="Serial number of the meter.")

    class Meta:
        model = Series
        fields: list[str] = []


class ValueCommentApiFilter(FilterSet):
    series = IdFilter("series", help_text="Id of the series.")
    metering_point = IdFilter("series__metering_point", help_text="Id of the metering point.")
    start = InstantFilter("ends_at", lookup_expr="gt", help_text="Comments that reach beyond this instant.")
    end = InstantFilter("starts_at", lookup_expr="lt", help_text="Comments that begin before this instant.")
    standing = TrueFalseFilter(
        "withdrawn_at", lookup_expr="isnull", help_text="true: those nobody withdrew; false: the withdrawn ones."
    )

    class Meta:
        model = ValueComment
        fields: list[str] = []


def _areas(request: HttpRequest) -> QuerySet[TransformerArea]:
    rows: QuerySet[TransformerArea] = TransformerArea.objects.visible_to(cast("User", request.user))
    return rows


def _segments(request: HttpRequest) -> QuerySet[Segment]:
    rows: QuerySet[Segment] = Segment.objects.visible_to(cast("User", request.user))
    return rows


# The library takes a function of the request here, which its type stubs do not know.
_OPEN_AREAS, _OPEN_SEGMENTS = cast("Any", _areas), cast("Any", _segments)


class MeteringPointFilter(FilterSet):
    """The filters of the metering point list. Areas and segments to choose from are those opened to the user."""

    q = filters.CharFilter(method="matching", label="Search", widget=_SEARCH)
    state = filters.MultipleChoiceFilter(choices=MeteringPoint.State.choices, label="State", widget=_CHECKBOXES)
    transformer_area = filters.ModelChoiceFilter(queryset=_OPEN_AREAS, label="Transformer area", empty_label="All")
    segment = filters.ModelChoiceFilter(queryset=_OPEN_SEGMENTS, label="Segment", empty_label="All")
    city = filters.CharFilter(lookup_expr="iexact", label="City")
    region = filters.CharFilter(lookup_expr="iexact", label="Region")
    energy_type = filters.ChoiceFilter(choices=EnergyType.choices, label="Energy", empty_label="All")

    class Meta:
        model = MeteringPoint
        fields: list[str] = []

    def matching(self, rows: QuerySet[MeteringPoint], name: str, text: str) -> QuerySet[MeteringPoint]:
        return by_text(rows, text.strip(), cast("User", cast("HttpRequest", self.request).user))
