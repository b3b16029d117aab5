"""Customers of the demo utility: invented people and companies."""

import json
import unicodedata
from functools import cache
from pathlib import Path

from access.models import Utility
from metering.models import Customer, MeteringPoint
from metering.models.parties import CustomerType

_FILE = Path(__file__).parent / "data" / "customers.json"
_FIRST_NUMBER = 100_001
_COMPANY_EVERY = 13


def make_customers(utility: Utility, points: list[MeteringPoint]) -> list[Customer]:
    """One customer per metering point, in the same segment and order."""
    return Customer.objects.bulk_create(
        Customer(
            utility=utility,
            segment=point.segment,
            number=str(_FIRST_NUMBER + number),
            name=name(number),
            customer_type=CustomerType.BUSINESS if is_company(number) else CustomerType.HOUSEHOLD,
            email=f"{_mailbox(name(number))}@example.com",
            phone=f"+358 00 000 {number:04d}",
        )
        for number, point in enumerate(points)
    )


def is_company(number: int) -> bool:
    """Whether customer `number` (from 0) is a company: fifteen of the first two hundred."""
    return number % _COMPANY_EVERY == _COMPANY_EVERY // 2


def name(number: int) -> str:
    """Name of customer `number`. First and last names are 41 and 53, both prime: 2,173 people before one repeats."""
    names = _names()
    if is_company(number):
        return _turn(names["companies"], number // _COMPANY_EVERY)
    return f"{_turn(names['first_names'], number)} {_turn(names['last_names'], number)}"


@cache
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads(_FILE.read_text())
    return names


def _turn(names: list[str], number: int) -> str:
    return names[number % len(names)]


def _mailbox(name: str) -> str:
    """`Väinö Mäkelä` as `vaino.makela`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(plain.split())
