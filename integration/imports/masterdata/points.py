"""Metering points: their fields, and the parts their lines are made of."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet

from access import bulk
from integration.imports.masterdata import cells
from integration.imports.masterdata.customers import CUSTOMER_FIELDS, Customers
from integration.imports.masterdata.cycles import in_circles
from integration.imports.masterdata.effects import made
from integration.imports.masterdata.fields import Field, degrees, labels
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.lookups import given, named
from integration.imports.masterdata.numbers import NUMBER_FIELDS, Numbers
from integration.imports.masterdata.own import SEGMENT, OwnColumns, own_field
from integration.imports.masterdata.plans import taken
from metering.models import MeteringPoint, TransformerArea

_ENERGIES = {
    "strom": "electricity", "elektrizität": "electricity", "sähkö": "electricity", "el": "electricity",
    "elektricitet": "electricity", "kaasu": "gas", "erdgas": "gas", "wasser": "water", "vesi": "water",
    "vatten": "water", "wärme": "heat", "fernwärme": "heat", "lämpö": "heat", "kaukolämpö": "heat",
    "värme": "heat", "fjärrvärme": "heat", "kälte": "cold", "kylmä": "cold", "kaukokylmä": "cold", "kyla": "cold",
}  # fmt: skip


_column = partial(own_field, MeteringPoint)
GSRN = Field(
    "gsrn", "GSRN", cells.gsrn,
    ("metering point", "metering point id", "ean", "ean 18", "mpid", "mpan", "zählpunkt", "zählpunktbezeichnung",
     "zählpunktnummer", "messlokation", "marktlokation", "käyttöpaikka", "käyttöpaikkatunnus", "käyttöpaikan tunnus",
     "mittauspiste", "anläggnings id", "anläggning", "anläggningsid", "mätpunkt", "mätpunkts id"),
)  # fmt: skip
AREA = Field(
    "transformer_area", "Transformer area", cells.column(TransformerArea, "code"),
    ("transformer", "transformer code", "substation", "trafo", "trafostation", "ortsnetzstation", "muuntamo",
     "muuntopiiri", "jakelumuuntamo", "nätstation", "transformator", "transformatorstation"),
    empty=None, shown=lambda area: area.code,
)  # fmt: skip
PARENT = Field(
    "parent", "Parent metering point", cells.gsrn,
    ("parent gsrn", "parent", "main metering point", "übergeordneter zählpunkt", "hauptzählpunkt", "pääkäyttöpaikka",
     "yläkäyttöpaikka", "överordnad mätpunkt", "huvudmätpunkt"),
    empty=None, shown=lambda point: point.gsrn,
)  # fmt: skip

FIELDS = (
    GSRN,
    _column("street", "Street", "address", "street address", "straße", "strasse", "adresse", "anschrift", "katu",
            "katuosoite", "osoite", "gata", "gatuadress", "adress", empty=""),
    _column("postcode", "Postcode", "postal code", "zip", "zip code", "plz", "postleitzahl", "postinumero",
            "postnummer", empty=""),
    _column("city", "City", "town", "place", "ort", "stadt", "kaupunki", "postitoimipaikka", "paikkakunta", "stad",
            "postort", empty=""),
    _column("region", "Region", "district", "bundesland", "kreis", "maakunta", "kunta", "kommun", "län", empty=""),
    Field("latitude", "Latitude", cells.column(MeteringPoint, "latitude"),
          ("lat", "breite", "breitengrad", "leveysaste", "leveyspiiri", "latitud", "breddgrad"), "latitude", None,
          degrees),
    Field("longitude", "Longitude", cells.column(MeteringPoint, "longitude"),
          ("lon", "lng", "long", "länge", "längengrad", "pituusaste", "pituuspiiri", "longitud", "längdgrad"),
          "longitude", None, degrees),
    Field("energy_type", "Energy", cells.choice(MeteringPoint, "energy_type", _ENERGIES),
          ("energy type", "commodity", "medium", "sparte", "energieart", "energialaji", "energiaslag", "energityp"),
          "energy_type", shown=labels(MeteringPoint, "energy_type")),
    Field("state", "State", cells.choice(MeteringPoint, "state", {}),
          ("status", "zustand", "tila", "tilstånd"), "state", shown=labels(MeteringPoint, "state")),
    _column("fuse_a", "Main fuse", "fuse", "fuse a", "fuse size", "hauptsicherung", "sicherung", "pääsulake", "sulake",
            "sulakekoko", "huvudsäkring", "säkring", empty=None),
    _column("phases", "Phases", "phase count", "phasen", "vaiheet", "vaihemäärä", "faser"),
    AREA,
    SEGMENT,
    PARENT,
    *NUMBER_FIELDS,
    *CUSTOMER_FIELDS,
)  # fmt: skip


class PointColumns(OwnColumns):
    """Address, place, energy, fuse; transformer area, segment and parent by their codes."""

    model = MeteringPoint
    key = "gsrn"
    fields = FIELDS

    def rows(self) -> QuerySet[MeteringPoint]:
        return self.scene.of_utility(MeteringPoint, "change").select_related("transformer_area", "segment", "parent")

    def names_taken(self, numbers: set[str]) -> set[str]:
        rows = MeteringPoint.objects.filter(utility=self.utility, gsrn__in=numbers)
        return set(rows.values_list("gsrn", flat=True)) if numbers else set()

    def refer(self) -> None:
        self.link_segments()
        self._link_areas()
        self._link_parents()

    def _link_areas(self) -> None:
        codes = given(self.plans, "transformer_area")
        areas = TransformerArea.objects.filter(utility=self.utility)
        there = named(areas, "code", codes)
        makes = self.scene.layout.make_areas and self.scene.may(TransformerArea, "add")
        new = codes - there.keys() if makes else ()
        self._new_areas = {code: TransformerArea(utility=self.utility, code=code, name=code) for code in new}
        self.link("transformer_area", there | self._new_areas, "there is no transformer area of this code")

    def _link_parents(self) -> None:
        """Parents that are there, and those this very file brings."""
        wanted = given(self.plans, "parent")
        there = named(self.rows().order_by(), "gsrn", wanted)
        promised = self.scene.promised(wanted - there.keys())
        parents = there | {gsrn: MeteringPoint(utility=self.utility, gsrn=gsrn) for gsrn in promised}
        self.link("parent", parents, "there is no metering point of this GSRN, neither stored nor taken from this file")

    def judge(self) -> None:
        """Nobody is above himself."""
        below = [(plan, plan.target) for plan in taken(self.plans) if plan.given.get("parent")]
        points = {plan.number: point for plan, point in below if isinstance(point, MeteringPoint)}
        circles = in_circles({point.pk: point.parent_id for point in points.values() if point.pk})
        for plan, _ in below:
            if plan.given["parent"] == plan.number or points[plan.number].pk in circles:
                plan.refuse("it would be its own parent", self.scene.heading("parent"))

    def store(self) -> None:
        wanted = {code for plan in taken(self.plans) if (code := plan.given.get("transformer_area"))}
        areas = [area for code, area in sorted(self._new_areas.items()) if code in wanted]
        bulk.create(areas, user=self.scene.user)
        self._settle_areas({area.code: area for area in areas})
        super().store()

    def _settle_areas(self, areas: dict[str, TransformerArea]) -> None:
        """Tell the metering points the keys of the areas that were just made; the first line of each has made it."""
        first: set[str] = set()
        for plan in taken(self.plans):
            code = plan.given.get("transformer_area")
            if code in areas and isinstance(plan.target, MeteringPoint):
                plan.target.transformer_area = areas[code]
                if code not in first:
                    plan.effects.append(made(areas[code]))
                    first.add(code)


POINTS = Kind(
    name="points",
    label="Metering points",
    about="Address, place, energy, fuse, transformer area, numbers and customer, by GSRN.",
    model=MeteringPoint,
    key="gsrn",
    fields=FIELDS,
    parts=(PointColumns, Numbers, Customers),
    refers=("parent",),
    alone=tuple((field.name,) for field in NUMBER_FIELDS),
    agreeing=(("customer_number", "customer_name"),),
)
