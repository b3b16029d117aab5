"""Dates and times as types of attributes.

Most classes carry them as octet-strings of 12, 5 or 4 octets, a few as the types date-time, date and time; either is
understood where the other is due. They keep their wildcards: a season that starts every year, a day that is special
every December, a schedule at every full hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Generic, TypeVar

from protocols.dlms.classes.spec import Spec
from protocols.dlms.clock import SIZE, encode_datetime
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import fixed, octet_string
from protocols.dlms.tags import Tag
from protocols.dlms.wildcards import DATE_SIZE, TIME_SIZE, CosemDate, CosemDateTime, CosemTime
from protocols.errors import LocalProtocolError

T = TypeVar("T")


@dataclass(frozen=True)
class Moment(Spec[T], Generic[T]):
    """A date, a time, or both; sent as octet-string unless `typed`.

    `unset` makes one that is wildcards throughout; `kinds` are the Python types that can be sent.
    """

    tag: Tag
    size: int
    unset: Callable[[], T]
    kinds: tuple[type[Any], ...]
    read: Callable[[bytes], T]
    write: Callable[[Any], bytes]
    typed: bool = False

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        kind = self.tag.name.lower().replace("_", "-")
        return kind if self.typed else f"octet-string ({kind})"

    def decode(self, value: Value) -> T:
        """See `Spec.decode`. No octets at all, as some meters say of what is not set, are wildcards throughout."""
        if value in (b"", None):
            return self.unset()
        if not isinstance(value, bytes) or len(value) != self.size:
            raise self.received(value)
        return self.read(value)

    def encode(self, value: T) -> Encoded:
        """See `Spec.encode`; Python's own date, time and aware datetime will do."""
        if not isinstance(value, self.kinds):
            raise self.refused(value)
        try:
            raw = self.write(value)
        except LocalProtocolError:
            raise self.refused(value) from None
        return fixed(self.tag, raw) if self.typed else octet_string(raw)


def _date(value: CosemDate | date) -> bytes:
    return (CosemDate.of(value) if isinstance(value, date) else value).encode()


def _time(value: CosemTime | time) -> bytes:
    return (CosemTime.of(value) if isinstance(value, time) else value).encode()


def _date_time(value: CosemDateTime | datetime) -> bytes:
    return encode_datetime(value) if isinstance(value, datetime) else value.encode()


_BOTH = (CosemDateTime, datetime)
DATE_TIME = Moment(Tag.DATE_TIME, SIZE, CosemDateTime, _BOTH, CosemDateTime.decode, _date_time)
TYPED_DATE_TIME = Moment(Tag.DATE_TIME, SIZE, CosemDateTime, _BOTH, CosemDateTime.decode, _date_time, typed=True)
DATE = Moment(Tag.DATE, DATE_SIZE, CosemDate, (CosemDate, date), CosemDate.decode, _date)
TIME = Moment(Tag.TIME, TIME_SIZE, CosemTime, (CosemTime, time), CosemTime.decode, _time)

DateTime = Annotated[CosemDateTime, DATE_TIME]
TypedDateTime = Annotated[CosemDateTime, TYPED_DATE_TIME]
Date = Annotated[CosemDate, DATE]
Time = Annotated[CosemTime, TIME]
