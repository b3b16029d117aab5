"""Segments, transformer areas and metering points of the demo utility."""

from access.models import Segment, Utility
from aim.demo.customers import is_company
from aim.demo.districts import Address, addresses, districts
from metering.gsrn import complete
from metering.models import MeteringPoint, TransformerArea

# GS1 prefix 952 is set aside for demonstrations and examples: no real metering point can have these numbers.
GS1_PREFIX = "952"
REGION = "Uusimaa"
_FUSES_A = (25, 25, 25, 35)
_COMPANY_FUSES_A = (35, 63, 80)


def make_segments(utility: Utility) -> dict[str, Segment]:
    """One segment per city, by code."""
    cities = {district.segment: district.city for district in districts()}
    rows = Segment.objects.bulk_create(Segment(utility=utility, code=code, name=name) for code, name in cities.items())
    return {row.code: row for row in rows}


def make_transformer_areas(utility: Utility) -> dict[str, TransformerArea]:
    """One transformer area per district, by code."""
    rows = TransformerArea.objects.bulk_create(
        TransformerArea(utility=utility, code=each.code, name=each.name, feeder=each.feeder) for each in districts()
    )
    return {row.code: row for row in rows}


def make_metering_points(utility: Utility, count: int) -> list[MeteringPoint]:
    """`count` metering points with their segments and transformer areas, numbered from 1."""
    segments, areas = make_segments(utility), make_transformer_areas(utility)
    return MeteringPoint.objects.bulk_create(
        MeteringPoint(
            utility=utility,
            segment=segments[address.district.segment],
            transformer_area=areas[address.district.code],
            gsrn=gsrn(number),
            fuse_a=_fuse(number),
            **_where(address),
        )
        for number, address in enumerate(addresses(count))
    )


def gsrn(number: int) -> str:
    """The GSRN of demo metering point `number` (from 0)."""
    return complete(f"{GS1_PREFIX}{number + 1:014d}")


def gln(number: int) -> str:
    """The 13-digit GLN of a demo party; same check digit as a GSRN."""
    return complete(f"{GS1_PREFIX}{number:09d}")


def _fuse(number: int) -> int:
    sizes = _COMPANY_FUSES_A if is_company(number) else _FUSES_A
    return sizes[number % len(sizes)]


def _where(address: Address) -> dict[str, object]:
    return {
        "street": address.street,
        "postcode": address.district.postcode,
        "city": address.district.city,
        "region": REGION,
        "latitude": address.latitude,
        "longitude": address.longitude,
    }
