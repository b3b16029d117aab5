"""OBIS codes (IEC 62056-61): six groups A-B:C.D.E*F naming what a COSEM object holds."""

import re
from typing import Self

from protocols.errors import Cause, LocalProtocolError

_FORMS = re.compile(
    r"(?P<a>\d{1,3})[-.](?P<b>\d{1,3})[:.](?P<c>\d{1,3})\.(?P<d>\d{1,3})\.(?P<e>\d{1,3})(?:[.*&](?P<f>\d{1,3}))?"
)


class Obis(bytes):
    """The six octets of a logical name; immutable, hashable and comparable like the bytes they are.

    >>> Obis.parse("1-0:1.8.0") == Obis.parse("1.0.1.8.0.255")
    True
    >>> str(Obis.parse("1.0.1.8.0.255"))
    '1-0:1.8.0'
    """

    __slots__ = ()

    def __new__(cls, octets: bytes) -> Self:
        if len(octets) != 6:
            raise LocalProtocolError(Cause.INVALID_VALUE, f"an OBIS code has 6 octets, got {len(octets)}")
        return super().__new__(cls, octets)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1-0:1.8.0`, `1-0:1.8.0*255` or `1.0.1.8.0.255`; F defaults to 255. LocalProtocolError otherwise."""
        found = _FORMS.fullmatch(text.strip())
        groups = [int(group) if group is not None else 255 for group in found.groups()] if found else [256]
        if max(groups) > 255:
            raise LocalProtocolError(Cause.INVALID_VALUE, f"{text!r} is not an OBIS code like 1-0:1.8.0")
        return cls(bytes(groups))

    def __str__(self) -> str:
        a, b, c, d, e, f = self
        return f"{a}-{b}:{c}.{d}.{e}" if f == 255 else f"{a}-{b}:{c}.{d}.{e}*{f}"

    def __repr__(self) -> str:
        return f"Obis({str(self)!r})"
