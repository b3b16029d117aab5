"""What a quantity of a file is kept as: OBIS code and kind of value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from integration.formats.portion import Kind
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError

_SHORT = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}")
_KINDS = {8: Kind.STAND, 29: Kind.CONSUMPTION, 7: Kind.INSTANTANEOUS}


def obis_of(text: str, names: Mapping[str, str]) -> str | None:
    """The OBIS code of a quantity: by its name in `names` (in any case), or because it is one.

    `1.8.0` stands for `1-0:1.8.0`, as on the display of an electricity meter. None where it is neither.
    """
    plain = text.strip()
    folded = plain.casefold()
    named = next((obis for name, obis in names.items() if name.strip().casefold() == folded), plain)
    code = f"1-0:{named}" if _SHORT.fullmatch(named) else named
    try:
        return str(Obis.parse(code))
    except LocalProtocolError:
        return None


def kind_of(obis: str) -> Kind | None:
    """What group D of the code says: 8 a stand, 29 an amount per interval, 7 a momentary value; None for others.

    Source: IEC 62056-6-1, value group D.
    """
    return _KINDS.get(Obis.parse(obis)[3])
