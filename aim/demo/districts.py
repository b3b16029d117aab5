"""Where the demo utility's customers live: four districts, each fed by one transformer, houses along streets."""

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "districts.json"
_METRES_PER_DEGREE = 111_320.0
_OFF_THE_ROAD_M = 18.0

Metres = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Street:
    """A straight street; its ends in metres east and north of the middle of the district."""

    name: str
    start: Metres
    end: Metres

    def house(self, order: int, houses: int) -> Metres:
        """Place of house `order` of `houses`: evenly along the street, even and odd numbers on opposite sides."""
        along = (order + 0.5) / houses
        east, north = (a + (b - a) * along for a, b in zip(self.start, self.end, strict=True))
        run_east, run_north = (b - a for a, b in zip(self.start, self.end, strict=True))
        aside = (_OFF_THE_ROAD_M if order % 2 else -_OFF_THE_ROAD_M) / math.hypot(run_east, run_north)
        return east - run_north * aside, north + run_east * aside


@dataclass(frozen=True, slots=True)
class District:
    """A transformer area of the demo utility with its streets; `segment` is the code of the segment it lies in."""

    code: str
    name: str
    feeder: str
    segment: str
    city: str
    postcode: str
    latitude: float
    longitude: float
    streets: tuple[Street, ...]

    def coordinates(self, place: Metres) -> tuple[Decimal, Decimal]:
        """Latitude and longitude in degrees, six decimals, of a place of this district."""
        east, north = place
        latitude = self.latitude + north / _METRES_PER_DEGREE
        longitude = self.longitude + east / (_METRES_PER_DEGREE * math.cos(math.radians(self.latitude)))
        return Decimal(f"{latitude:.6f}"), Decimal(f"{longitude:.6f}")


@dataclass(frozen=True, slots=True)
class Address:
    """One house: its district, the street with the number, and where it stands."""

    district: District
    street: str
    latitude: Decimal
    longitude: Decimal


@cache
def districts() -> tuple[District, ...]:
    """The districts of the demo utility."""
    return tuple(
        District(**{**raw, "streets": tuple(_street(street) for street in raw["streets"])})
        for raw in json.loads(_FILE.read_text())
    )


def addresses(count: int) -> list[Address]:
    """`count` houses, dealt out evenly to the districts and their streets."""
    return [_address(number, count) for number in range(count)]


def _street(raw: dict[str, object]) -> Street:
    return Street(str(raw["name"]), _metres(raw["from_m"]), _metres(raw["to_m"]))


def _metres(raw: object) -> Metres:
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError(f"{_FILE}: a place is [metres east, metres north], not {raw!r}")
    return float(raw[0]), float(raw[1])


def _address(number: int, count: int) -> Address:
    rounds, turn = divmod(number, len(districts()))
    district = districts()[turn]
    order, which = divmod(rounds, len(district.streets))
    street = district.streets[which]
    houses = math.ceil(count / len(districts()) / len(district.streets))
    latitude, longitude = district.coordinates(street.house(order, houses))
    return Address(district, f"{street.name} {order + 1}", latitude, longitude)
