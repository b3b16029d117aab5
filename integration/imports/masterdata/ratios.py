"""What the count of a device is multiplied by at its metering point: ratios of current and voltage transformers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from access import bulk
from integration.imports.masterdata import cells
from integration.imports.masterdata.effects import changed, made
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.plans import Hang, Plan, Scene, taken
from metering.models import Multiplier
from metering.models.registers import LARGEST_RATIO
from metering.services.factors import set_multipliers

MULTIPLIER = Field(
    "multiplier", "Multiplier", cells.ratio,
    ("factor", "constant", "wandlerfaktor", "faktor", "kerroin", "mittarikerroin", "faktor", "multiplikator",
     "mätarkonstant"),
)  # fmt: skip
CURRENT = Field(
    "current_ratio", "Current transformer", cells.ratio,
    ("ct", "ct ratio", "stromwandler", "virtamuuntaja", "strömtransformator"),
)  # fmt: skip
VOLTAGE = Field(
    "voltage_ratio", "Voltage transformer", cells.ratio,
    ("vt", "vt ratio", "pt ratio", "spannungswandler", "jännitemuuntaja", "spänningstransformator"),
)  # fmt: skip
RATIO_FIELDS = (MULTIPLIER, CURRENT, VOLTAGE)


class Ratios(Part):
    """One multiplier from the installation on: as it stands there, or the product of both transformers."""

    fields = RATIO_FIELDS
    writes = (Multiplier,)

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        super().__init__(scene, plans)
        self._new: list[tuple[Plan, Multiplier]] = []
        self._changed: list[tuple[Plan, Multiplier, dict[str, int]]] = []

    def plan(self) -> None:
        giving = [plan for plan in taken(self.plans) if any(field.name in plan.given for field in RATIO_FIELDS)]
        there = self._there([plan.hang for plan in giving if plan.hang]) if giving else {}
        for plan in giving:
            name = next(field.name for field in RATIO_FIELDS if field.name in plan.given)
            if plan.hang is None:
                plan.refuse("a multiplier belongs to an installation: say the metering point", self.scene.heading(name))
            elif (ratio := _product(plan)) is None:
                reason = f"a ratio lies between 1 and {LARGEST_RATIO:,} above and below the line, and is said once"
                plan.refuse(reason, self.scene.heading(name))
            else:
                self._set(plan, plan.hang, ratio, there.get((plan.hang.point.pk, plan.hang.source), []))

    def _there(self, hangs: Sequence[Hang]) -> dict[tuple[int, str], list[Multiplier]]:
        rows = Multiplier.objects.filter(
            metering_point__in={hang.point.pk for hang in hangs}, source__in={hang.source for hang in hangs}
        ).select_related("metering_point__utility")
        found: dict[tuple[int, str], list[Multiplier]] = {}
        for row in rows.order_by("valid_from"):
            found.setdefault((row.metering_point_id, row.source), []).append(row)
        return found

    def _set(self, plan: Plan, hang: Hang, ratio: Fraction, rows: Sequence[Multiplier]) -> None:
        holding = next((row for row in reversed(rows) if row.valid_from <= hang.at), None)
        before = Fraction(holding.numerator, holding.denominator) if holding else Fraction(1)
        if before == ratio:
            return
        plan.change(MULTIPLIER.label, str(before) if holding else "", str(ratio))
        if holding is not None and holding.valid_from == hang.at:
            former = {"numerator": holding.numerator, "denominator": holding.denominator}
            holding.numerator, holding.denominator = ratio.numerator, ratio.denominator
            self._changed.append((plan, holding, former))
            return
        row = Multiplier(metering_point=hang.point, source=hang.source, valid_from=hang.at, reason="import")
        row.numerator, row.denominator = ratio.numerator, ratio.denominator
        self._new.append((plan, row))

    def store(self) -> None:
        new = [(plan, row) for plan, row in self._new if not plan.refused]
        altered = [(plan, row, former) for plan, row, former in self._changed if not plan.refused]
        rows = [row for _, row in new] + [row for _, row, _ in altered]
        set_multipliers(multipliers=rows, user=self.scene.user)
        bulk.note_created([row for _, row in new], user=self.scene.user)
        for plan, row in new:
            plan.effects.append(made(row))
        for plan, row, former in altered:
            plan.effects.append(changed(row, former))


def _product(plan: Plan) -> Fraction | None:
    """The multiplier of a line; None where it is said twice differently, or cannot be kept."""
    said, *transformers = (plan.given.get(field.name) for field in RATIO_FIELDS)
    parts = [Fraction(*each) for each in transformers if each]
    product = parts[0] * parts[1] if len(parts) > 1 else parts[0] if parts else None
    ratio = Fraction(*said) if said else product
    if ratio is None or (product is not None and product != ratio):
        return None
    return ratio if ratio.numerator <= LARGEST_RATIO and ratio.denominator <= LARGEST_RATIO else None
