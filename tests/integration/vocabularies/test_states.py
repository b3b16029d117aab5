"""States of a value that are different here stay different in every scheme that can tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from integration.formats.espi import quality as espi
from integration.formats.nem.flags import Flags, flags_of
from integration.formats.table.qualities import KNOWN
from integration.formats.table.writable import quality_names
from integration.vocabularies import elhub, iec61968, ieee2030_5
from metering.quality import EstimationMethod, Quality, QualityClass, estimated_by, quality_class
from metering.quality_names import CODES, full_name

NO_READING = "reading without a value"
STATES: Mapping[str, int] = {
    "measured": Quality.MEASURED,
    "verified": Quality.VERIFIED,
    "suspect": Quality.SUSPECT,
    "rejected": Quality.REJECTED,
    "sentinel": Quality.SENTINEL,
    "missing": Quality.MISSING,
    "outage zero": estimated_by(EstimationMethod.OUTAGE_ZERO),
    "linear": estimated_by(EstimationMethod.LINEAR),
    "like day": estimated_by(EstimationMethod.LIKE_DAY),
    "flat": estimated_by(EstimationMethod.FLAT),
    "scaled": estimated_by(EstimationMethod.LIKE_DAY, scaled=True),
    "edited": Quality.EDITED,
    "accepted": Quality.ACCEPTED,
    "final": estimated_by(EstimationMethod.LINEAR, final=True),
}


def _espi(code: int) -> object:
    if code in (Quality.MISSING, Quality.DELETED, Quality.SENTINEL):
        return NO_READING
    return int(espi.codes_of(np.array([code], np.uint8), np.zeros(1, np.uint32))[0])


@dataclass(frozen=True)
class Scheme:
    """How a code is written, and the groups of states the scheme has one word for."""

    written: Callable[[int], object]
    alike: tuple[frozenset[str], ...]


def _alike(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split(", ")) for group in groups)


SCHEMES = {
    "table": Scheme(lambda code: quality_names()[code], ()),
    "nem12": Scheme(
        flags_of, _alike("measured, verified", "suspect, rejected", "like day, scaled", "edited, accepted")
    ),
    "espi": Scheme(
        _espi,
        _alike("suspect, rejected", "sentinel, missing", "like day, scaled", "outage zero, flat", "linear, final"),
    ),
    "iec61968": Scheme(
        iec61968.written, _alike("outage zero, linear, like day, flat, scaled, final", "edited, accepted")
    ),
    "elhub": Scheme(
        lambda code: (elhub.state_of(code), elhub.method_code(code)),
        _alike("measured, verified, accepted", "rejected, sentinel", "outage zero, linear, like day, flat, edited"),
    ),
    "ieee2030.5": Scheme(
        ieee2030_5.written,
        _alike("measured, verified", "suspect, rejected", "sentinel, missing", "like day, scaled", "outage zero, flat",
               "linear, final"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMES)
def test_no_two_states_are_one_where_the_scheme_can_tell_them_apart(name: str) -> None:
    scheme = SCHEMES[name]
    for one, other in combinations(STATES, 2):
        same = scheme.written(STATES[one]) == scheme.written(STATES[other])
        told = any({one, other} <= group for group in scheme.alike)
        assert same == told, (name, one, other)


@pytest.mark.parametrize("name", SCHEMES)
def test_every_code_has_a_word(name: str) -> None:
    for code in CODES.values():
        SCHEMES[name].written(code)


def test_every_name_is_the_code_again() -> None:
    assert all(full_name(code) == name for name, code in CODES.items())
    assert all(KNOWN[quality_names()[code]] == code for name, code in CODES.items() if name in KNOWN)
    assert {name for name in CODES if name not in KNOWN} == {"deleted", "withdrawn", "missing"}


def test_a_final_estimate_is_final_in_the_market_and_here() -> None:
    for method in (EstimationMethod.LINEAR, EstimationMethod.OUTAGE_ZERO, EstimationMethod.FLAT):
        for final in (True, False):
            code = estimated_by(method, final=final)
            assert flags_of(code).quality == code
    assert flags_of(estimated_by(EstimationMethod.OUTAGE_ZERO, final=True)) == Flags("F", 19, 79)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_what_is_read_again_is_no_better_than_it_was(code: int) -> None:
    """An estimate, an edit or a doubt is never read as a measurement, nor a code of an error as a value."""
    read = [flags_of(code).quality, iec61968.read(iec61968.written(code))]
    stated = _espi(code)
    read.append(Quality.MISSING if stated == NO_READING else espi.qualities(np.array([stated]))[0])
    mask = ieee2030_5.written(code)
    read.append(Quality.MISSING if mask is None else ieee2030_5.read(mask))
    measured = quality_class(np.array([code], np.uint8))[0] == QualityClass.MEASURED
    assert (quality_class(np.array(read, np.uint8)) == QualityClass.MEASURED).all() == measured
    if not measured:
        assert (quality_class(np.array(read, np.uint8)) != QualityClass.MEASURED).all()


@pytest.mark.parametrize("text", ["", "3.8", "3.9.0", "a.b.c", "3.8.0.1", "3.99999.0"])
def test_what_is_no_quality_of_iec_61968(text: str) -> None:
    with pytest.raises(ValueError, match=r"quality|Category"):
        iec61968.read(text)


def test_masks_of_several_bits_and_of_none() -> None:
    assert ieee2030_5.read(0) == Quality.SUSPECT
    assert ieee2030_5.read(ieee2030_5.Flag.VALID | ieee2030_5.Flag.QUESTIONABLE) == Quality.SUSPECT
    with pytest.raises(ValueError, match="16 bits"):
        ieee2030_5.read(1 << 16)
