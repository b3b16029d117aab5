"""Short codes of EDIS (`1.8.0`, `P.01`, `C.1.0`) and the OBIS codes they stand for (IEC 62056-61)."""

import re
from collections.abc import Mapping

from protocols.dlms.obis import Obis
from protocols.errors import garbage

_LETTERS = {"C": 96, "F": 97, "L": 98, "P": 99}
_GROUP = "[0-9]{1,3}|[CFLP]"
_CODE = re.compile(
    rf"(?:(\d{{1,3}})-(\d{{1,3}}):)?({_GROUP})\.({_GROUP})(?:\.({_GROUP}))?(?:[*&](\d{{1,3}}))?", re.ASCII
)
_USUAL = (1, 0)
"""Electricity, channel 0: what a code without groups A and B is about."""


class ShortNames:
    """How a model calls its objects: by the rule of the standard, except for those in `own`.

    The rule leaves out 1-0: and writes F only where it tells something; C, F, L and P stand for 96 to 99.
    """

    def __init__(self, own: Mapping[Obis, str] | None = None) -> None:
        self._codes = dict(own or {})
        self._objects = {code: obis for obis, code in self._codes.items()}

    def code(self, obis: Obis) -> str:
        """The short code of an object, `1.8.0` of 1-0:1.8.0."""
        return self._codes.get(obis) or _by_rule(obis)

    def obis(self, code: str) -> Obis:
        """The object a short code names. RemoteProtocolError (GARBAGE) when it is none."""
        return self._objects.get(code) or _by_reading(code)


def _by_rule(obis: Obis) -> str:
    a, b, c, d, e, f = obis
    before = "" if (a, b) == _USUAL else f"{a}-{b}:"
    return f"{before}{c}.{d}.{e}" + ("" if f == 255 else f"*{f}")


def _by_reading(code: str) -> Obis:
    found = _CODE.fullmatch(code)
    if found is None:
        raise garbage(f"{code!r} is no code like 1.8.0")
    a, b, *others = found.groups()
    c, d, e, f = (_LETTERS.get(group, group) for group in others)
    groups = [int(group) for group in (a or _USUAL[0], b or _USUAL[1], c, d, e or 0, f or 255)]
    if max(groups) > 255:
        raise garbage(f"{code!r} is no code: its groups go up to 255")
    return Obis(bytes(groups))
