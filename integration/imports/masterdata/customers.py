"""Who uses the energy at a metering point: the customer of its connection contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.backends.postgresql.psycopg_any import DateRange

from access import bulk
from integration.imports.masterdata import cells
from integration.imports.masterdata.effects import changed, made
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.lookups import given, named
from integration.imports.masterdata.plans import Plan, Scene, taken
from metering.models import Contract, Customer

NUMBER = Field(
    "customer_number", "Customer number", cells.column(Customer, "number"),
    ("customer", "customer id", "customer no", "kundennummer", "kunde", "asiakasnumero", "asiakas", "kundnummer",
     "kund"),
)  # fmt: skip
NAME = Field(
    "customer_name", "Customer name", cells.column(Customer, "name"),
    ("name of customer", "kundenname", "name des kunden", "asiakkaan nimi", "asiakasnimi", "kundnamn"),
)  # fmt: skip
SINCE = Field(
    "customer_since", "Customer since", cells.day,
    ("contract from", "contract start", "kunde seit", "vertragsbeginn", "einzugsdatum", "asiakkuus alkaen",
     "sopimuksen alku", "kund sedan", "avtalsstart"),
)  # fmt: skip
CUSTOMER_FIELDS = (NUMBER, NAME, SINCE)


class Customers(Part):
    """Customers by number, made where missing; another customer than that of the running contract ends it."""

    fields = CUSTOMER_FIELDS
    writes = (Customer, Contract)

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        super().__init__(scene, plans)
        self._customers: dict[str, Customer] = {}
        self._names: dict[str, str] = {}
        self._contracts: list[tuple[Plan, Contract]] = []
        self._ended: list[tuple[Plan, Contract, DateRange]] = []

    def plan(self) -> None:
        for plan in taken(self.plans):
            if NUMBER.name not in plan.given and plan.given.keys() & {NAME.name, SINCE.name}:
                plan.refuse("a customer is known by a number, which is missing", self.scene.heading(NUMBER.name))
        giving = [plan for plan in taken(self.plans) if NUMBER.name in plan.given]
        if not giving:
            return
        self._customers = self._known(giving)
        self._names = {number: customer.name for number, customer in self._customers.items()}
        contracts = self._running(giving)
        for plan in giving:
            if (customer := self._meet(plan)) is not None:
                self._bind(plan, customer, contracts.get(plan.target.pk, []) if plan.target else [])

    def _known(self, plans: Sequence[Plan]) -> dict[str, Customer]:
        rows = Customer.objects.filter(utility=self.scene.row.utility)
        if self.scene.storing:
            rows = rows.select_for_update().order_by("pk")
        return named(rows, "number", given(plans, NUMBER.name))

    def _running(self, plans: Sequence[Plan]) -> dict[int, list[Contract]]:
        """The connection contracts of metering points, the earliest first."""
        there = [plan.target.pk for plan in plans if plan.target and not plan.is_new]
        rows = Contract.objects.filter(metering_point__in=there, kind=Contract.Kind.CONNECTION)
        found: dict[int, list[Contract]] = {}
        for row in rows.select_related("customer").order_by("validity"):
            found.setdefault(row.metering_point_id, []).append(row)
        return found

    def _meet(self, plan: Plan) -> Customer | None:
        """The customer of the line, with the name it gives; None where it cannot be known or made."""
        number, name = plan.given[NUMBER.name], plan.given.get(NAME.name)
        customer = self._customers.get(number)
        if customer is None and not name:
            reason = "there is no customer of this number, and the line gives no name"
            plan.refuse(reason, self.scene.heading(NUMBER.name), number)
            return None
        if customer is None:
            segment = getattr(plan.target, "segment", None)
            customer = Customer(utility=self.scene.row.utility, number=number, segment=segment)
            self._customers[number] = customer
        if name and self._names.get(number, "") != name:
            plan.change(NAME.label, self._names.get(number, ""), name)
            customer.name = name
        return customer

    def _bind(self, plan: Plan, customer: Customer, contracts: Sequence[Contract]) -> None:
        """Begin a contract unless one with this customer runs; one with another ends where the new one begins."""
        said = plan.given.get(SINCE.name)
        since = dt.date.fromisoformat(said) if said else self.scene.today
        running = next((row for row in contracts if row.validity.upper is None or since < row.validity.upper), None)
        if running is not None and running.customer.number == customer.number:
            return
        before, until = "", None
        if running is not None:
            first = running.validity.lower
            if first is not None and first >= since:
                reason = f"a contract with customer {running.customer.number} begins on {first}: give a later day"
                plan.refuse(reason, self.scene.heading(SINCE.name))
                return
            before, until = running.customer.number, running.validity.upper
            self._ended.append((plan, running, running.validity))
            running.validity = DateRange(first, since)
        plan.change(NUMBER.label, before, f"{customer.number} from {since}")
        contract = Contract(customer=customer, kind=Contract.Kind.CONNECTION, validity=DateRange(since, until))
        self._contracts.append((plan, contract))

    def store(self) -> None:
        self._store_customers()
        ended = [(plan, row, {"validity": former}) for plan, row, former in self._ended if not plan.refused]
        bulk.update([bulk.Changed(row, before) for _, row, before in ended], user=self.scene.user)
        for plan, contract, before in ended:
            plan.effects.append(changed(contract, before))
        new = [(plan, contract) for plan, contract in self._contracts if not plan.refused]
        for plan, contract in new:
            contract.metering_point = plan.target  # type: ignore[assignment]
            contract.customer = self._customers[contract.customer.number]
        bulk.create([contract for _, contract in new], user=self.scene.user)
        for plan, contract in new:
            plan.effects.append(made(contract))

    def _store_customers(self) -> None:
        """Those that lines name which are not refused; the first of these lines has made or renamed them."""
        first: dict[str, Plan] = {}
        for plan in taken(self.plans):
            if (number := plan.given.get(NUMBER.name)) is not None:
                first.setdefault(number, plan)
        rows = [(plan, self._customers[number]) for number, plan in sorted(first.items())]
        new = [(plan, row) for plan, row in rows if row.pk is None]
        bulk.create([row for _, row in new], user=self.scene.user)
        for plan, row in new:
            plan.effects.append(made(row))
        names = [(plan, row, self._names.get(row.number, row.name)) for plan, row in rows]
        renamed = [(plan, row, {"name": former}) for plan, row, former in names if former != row.name]
        bulk.update([bulk.Changed(row, before) for _, row, before in renamed], user=self.scene.user)
        for plan, row, before in renamed:
            plan.effects.append(changed(row, before))
