"""Parties of the demo utility's market, and the contracts of its customers."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from access.models import Utility
from aim.demo.network import gln
from metering.models import Contract, Customer, MeteringPoint, Party

_FILE = Path(__file__).parent / "data" / "market.json"
_CHANGED_SUPPLIER_EVERY = 7
_LATEST_MONTHS = 4
_FIRST_YEAR, _YEARS = 2016, 9


@dataclass(frozen=True, slots=True)
class Offer:
    """A product of a supplier."""

    supplier: Party
    product: str


def make_parties(utility: Utility) -> list[Offer]:
    """All parties of the market; returns what the suppliers among them offer, neighbours from different suppliers."""
    market = json.loads(_FILE.read_text())
    others = [_party(utility, role, market[role]) for role in Party.Role.values if role in market]
    suppliers = [_party(utility, Party.Role.SUPPLIER, raw) for raw in market["suppliers"]]
    Party.objects.bulk_create([*others, *suppliers])
    ranges = zip(*(raw["products"] for raw in market["suppliers"]), strict=True)
    return [
        Offer(supplier, product) for products in ranges for supplier, product in zip(suppliers, products, strict=True)
    ]


def make_contracts(
    points: list[MeteringPoint], customers: list[Customer], offers: list[Offer], today: date
) -> list[Contract]:
    """A connection contract per metering point, and supply contracts: two where the supplier changed lately."""
    pairs = enumerate(zip(points, customers, strict=True))
    return Contract.objects.bulk_create(
        contract
        for number, (point, customer) in pairs
        for contract in (_connection(point, customer, number), *_supply(point, customer, number, offers, today))
    )


def _party(utility: Utility, role: str, raw: dict[str, Any]) -> Party:
    return Party(utility=utility, role=role, code=gln(raw["number"]), name=raw["name"])


def _since(number: int) -> date:
    """The day customer `number` moved in."""
    return date(_FIRST_YEAR + number % _YEARS, 1 + number * 5 % 12, 1 + number * 11 % 28)


def _connection(point: MeteringPoint, customer: Customer, number: int) -> Contract:
    return Contract(
        metering_point=point,
        customer=customer,
        kind=Contract.Kind.CONNECTION,
        product=f"Verkko {point.phases} × {point.fuse_a} A",
        validity=DateRange(_since(number), None),
    )


def _supply(point: MeteringPoint, customer: Customer, number: int, offers: list[Offer], today: date) -> list[Contract]:
    days = [_since(number), *_changes(number, today), None]
    chosen = (offers[(number + turn) % len(offers)] for turn in range(len(days) - 1))
    return [
        Contract(
            metering_point=point,
            customer=customer,
            kind=Contract.Kind.SUPPLY,
            supplier=offer.supplier,
            product=offer.product,
            validity=DateRange(first, end),
        )
        for offer, first, end in zip(chosen, days[:-1], days[1:], strict=True)
    ]


def _changes(number: int, today: date) -> list[date]:
    """The day the customer changed supplier, the first of one of the latest months; none for most customers."""
    if number % _CHANGED_SUPPLIER_EVERY:
        return []
    first = today.replace(day=1)
    for _ in range(number // _CHANGED_SUPPLIER_EVERY % _LATEST_MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
    return [first]
