"""Customers, parties of the market and the contracts that bind them to metering points."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from access.models import Segment, Utility
from access.querysets import ScopedManager
from metering.models.network import MeteringPoint


class Party(models.Model):
    """A company of the market, seen from one utility."""

    class Role(models.TextChoices):
        SUPPLIER = "supplier", "Supplier"
        NETWORK_COMPANY = "network_company", "Network company"
        BALANCE_RESPONSIBLE = "balance_responsible", "Balance responsible"
        SERVICE_PROVIDER = "service_provider", "Service provider"

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=20, choices=Role.choices)
    code = models.CharField(max_length=40, help_text="GLN or another code of the market.")
    name = models.CharField(max_length=120)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["utility", "role", "code"], name="party_code")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustomerType(models.TextChoices):
    """What kind of customer: rules and class profiles go by it."""

    HOUSEHOLD = "household", "Household"
    BUSINESS = "business", "Business"
    INDUSTRY = "industry", "Industry"
    AGRICULTURE = "agriculture", "Agriculture"
    PUBLIC = "public", "Public service"
    PRODUCER = "producer", "Producer"


class Customer(models.Model):
    """Who uses the energy. Personal data: reading it on a screen leaves a trace in the audit trail."""

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="customers")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True)
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    customer_type = models.CharField(max_length=16, choices=CustomerType.choices, default=CustomerType.HOUSEHOLD)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = "segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["utility", "number"], name="customer_number")]
        indexes = [GinIndex(name="customer_name", fields=["name"], opclasses=["gin_trgm_ops"])]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """What a customer has agreed for a metering point, over a range of days (end exclusive)."""

    class Kind(models.TextChoices):
        CONNECTION = "connection", "Connection"
        SUPPLY = "supply", "Supply"

    metering_point = models.ForeignKey(MeteringPoint, on_delete=models.PROTECT, related_name="contracts")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="contracts")
    product = models.CharField(max_length=80, blank=True)
    validity = DateRangeField()

    scope_utility: ClassVar[str] = "metering_point__utility"
    scope_segment: ClassVar[str | None] = "metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="contract_no_overlap",
                expressions=[
                    ("metering_point", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~models.Q(validity__isempty=True), name="contract_validity"),
        ]
        ordering = ["metering_point", "kind", "-validity"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.customer} at {self.metering_point}"
