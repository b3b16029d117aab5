"""How models of IEC 62056-21 are spoken to, as the section `iec62056_21` of their description files says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.described_fields import flag, known_only, one_of, whole
from protocols.dlms.obis import Obis

ADDRESSES = ("none", "link_address", "serial_number")
LEVELS = ("none", "P1", "P2")
LOWEST_RATE, HIGHEST_RATE = 300, 19_200
_FIELDS = ("address", "level", "parity", "most_baud", "partial_blocks", "no_season_digit", "names", "converter")


@dataclass(frozen=True, slots=True)
class TextSpeech:
    """What a reader has to know beforehand.

    `address` says what the request names, `level` which command takes the password. With `parity` octets are sent with
    their parity, for converters that pass eight bits on. `partial_blocks`: profiles by R6, else by R5. `season_digit`:
    times that are asked for begin with it. `names` are short codes that the rule of the standard does not give,
    `converter` the octets that make a converter change to a rate in baud.
    """

    address: str
    level: str
    parity: bool
    most_baud: int
    partial_blocks: bool
    season_digit: bool
    names: Mapping[Obis, str]
    converter: Mapping[int, bytes]


def text_speech_of(raw: Mapping[str, Any] | None) -> TextSpeech | None:
    """The section of a description file, None where there is none. KeyError or ValueError where it is impossible."""
    if raw is None:
        return None
    known_only(raw, _FIELDS, "iec62056_21")
    return TextSpeech(
        address=one_of({name: name for name in ADDRESSES}, raw.get("address", "none"), "address"),
        level=one_of({name: name for name in LEVELS}, raw.get("level", "P1"), "level"),
        parity=flag(raw, "parity"),
        most_baud=whole(raw, "most_baud", HIGHEST_RATE, LOWEST_RATE, HIGHEST_RATE),
        partial_blocks=flag(raw, "partial_blocks"),
        season_digit=not flag(raw, "no_season_digit"),
        names=dict(_name(each) for each in raw.get("names", ())),
        converter=dict(_change(each) for each in raw.get("converter", ())),
    )


def _name(raw: Mapping[str, Any]) -> tuple[Obis, str]:
    known_only(raw, ("obis", "code"), "an entry of names")
    return Obis.parse(raw["obis"]), str(raw["code"])


def _change(raw: Mapping[str, Any]) -> tuple[int, bytes]:
    known_only(raw, ("baud", "octets"), "an entry of converter")
    return whole(raw, "baud", None, LOWEST_RATE, HIGHEST_RATE), bytes.fromhex(raw["octets"])
