"""Finding metering points: by GSRN, address, customer, and by what other apps register (serial numbers of devices)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from access.models import User
from aim.web.search import Hit, Provider, register
from metering import panels
from metering.models import Contract, Customer, MeteringPoint
from metering.services.personal import record_found

GSRN_DIGITS = 18


def by_text(rows: QuerySet[MeteringPoint], text: str, user: User) -> QuerySet[MeteringPoint]:
    """The `rows` that match `text` in any way `user` may ask for; each way uses its own index."""
    ways: list[QuerySet[Any, Any]] = [by_place_or_number(MeteringPoint.objects.all(), text).values("pk")]
    if user.has_perm("metering.view_customer"):
        ways.append(contracts_of(text, user).values("metering_point"))
    ways += panels.found_by_text(text)
    return rows.filter(pk__in=ways[0].union(*ways[1:]))


def by_place_or_number(rows: QuerySet[MeteringPoint], text: str) -> QuerySet[MeteringPoint]:
    """Digits are the beginning of a GSRN or a postcode; words must each occur in the street, city or postcode."""
    if text.isascii() and text.isdigit() and len(text) > 5:
        return rows.filter(gsrn__range=(text.ljust(GSRN_DIGITS, "0"), text.ljust(GSRN_DIGITS, "9")))
    for word in text.replace(",", " ").split():
        rows = rows.filter(Q(street__icontains=word) | Q(city__istartswith=word) | Q(postcode__startswith=word))
    return rows


def contracts_of(text: str, user: User) -> QuerySet[Contract]:
    """Contracts at points open to `user` of customers whose name contains `text` or whose number it is."""
    customers = Customer.objects.filter(name__icontains=text).values("pk")
    numbered = Customer.objects.filter(number=text).values("pk")
    return Contract.objects.visible_to(user).filter(customer__in=customers.union(numbered))


def find_points(user: User, text: str, limit: int) -> list[Hit]:
    """Metering points by GSRN or address; a whole GSRN is exact."""
    rows = by_place_or_number(MeteringPoint.objects.visible_to(user), text).order_by("gsrn")
    return [
        Hit(point.gsrn, point.address, point.get_absolute_url(), exact=point.gsrn == text) for point in rows[:limit]
    ]


def find_customers(user: User, text: str, limit: int) -> list[Hit]:
    """Customers by name or number, each with the metering points of their contracts; a whole number is exact."""
    contracts = contracts_of(text, user).select_related("customer", "metering_point")
    found = _per_point(contracts.order_by("customer__name", "metering_point")[: 2 * limit])[:limit]
    record_found(user=user, customers=(contract.customer for contract in found), through="the search")
    return [_customer_hit(contract, text) for contract in found]


def _per_point(contracts: Iterable[Contract]) -> list[Contract]:
    """One contract for each pair of customer and metering point."""
    return list({(each.customer_id, each.metering_point_id): each for each in contracts}.values())


def _customer_hit(contract: Contract, text: str) -> Hit:
    customer, point = contract.customer, contract.metering_point
    detail = f"Customer {customer.number} · {point.address} · {point.gsrn}"
    return Hit(customer.name, detail, point.get_absolute_url(), exact=customer.number == text)


def connect() -> None:
    """Make metering points and customers findable in the global search."""
    register(Provider("Metering points", "metering.view_meteringpoint", find_points))
    register(Provider("Customers", "metering.view_customer", find_customers))
