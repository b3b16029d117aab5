"""What a meter holds, as IEC 62056-21 shows it: registers, clock, profiles P.01 and P.02, logs P.98 and P.99."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.obis import Obis
from protocols.errors import RemoteProtocolError
from protocols.iec62056_21 import DataSet, RefusalError, ShortNames, Value
from protocols.iec62056_21.data_sets import encode_read_out
from protocols.iec62056_21.profiles import Channel, Section, decode_span, encode_profile
from protocols.iec62056_21.stamps import format_stamp, parse_clock
from simulator.clock_object import set_clock
from simulator.eventlog import LogEntry, failure_log, standard_log
from simulator.faults import NotPossible, TemporaryFailure
from simulator.household import QUARTER
from simulator.localtime import DAY
from simulator.meter import Meter
from simulator.models import MODELS
from simulator.present import Present
from simulator.profiles import Rows
from simulator.registers import HZ, REGISTERS, WH, A, Show, V, W

TIME, DATE, SERIAL, FIRMWARE, ERRORS = "0.9.1", "0.9.2", "C.1.0", "0.2.0", "F.F"
UNKNOWN, BAD, BUSY, IMPOSSIBLE = "ER05", "ER06", "ER07", "ERROR"
# Energy and power are shown in thousands, all else as it is.
UNITS = {WH: ("kWh", 3), W: ("kW", 3), V: ("V", 0), A: ("A", 0), HZ: ("Hz", 0)}
DIGITS = {WH: 9, W: 6}
IMPORT, EXPORT = Channel("1.8.0", "kWh"), Channel("2.8.0", "kWh")
RATES = Channel("1.8.1", "kWh"), Channel("1.8.2", "kWh")
EVENT, DURATION = Channel("96.11.0", ""), Channel("96.7.19", "s")
MINUTE = 60


class TextObjects:
    """The objects of a meter; implements `protocols.iec62056_21.Holdings`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._zone = meter.local.zone
        self._present = Present(meter)
        self._objects: dict[str, Callable[[], Value]] = {
            SERIAL: lambda: Value(meter.spec.serial),
            FIRMWARE: lambda: Value(MODELS[meter.spec.model].firmware),
            TIME: lambda: Value(self._clock()[0] + self._clock()[7:]),
            DATE: lambda: Value(self._clock()[:7]),
            ERRORS: lambda: Value("00"),
            **dict(self._registers()),
        }
        self._buffers: dict[str, Callable[[int, int], Iterable[Section]]] = {
            "P.01": self._load,
            "P.02": self._daily,
            "P.98": lambda start, end: _entries(self._standard(), EVENT, start, end),
            "P.99": lambda start, end: _entries(self._failures(), DURATION, start, end),
        }

    def read_out(self) -> str:
        """Everything but profiles and logs."""
        return encode_read_out(tuple(DataSet(code, (show(),)) for code, show in self._objects.items()))

    def read(self, address: str, argument: str) -> str:
        """One object, or the rows of a stretch of a buffer."""
        self._refuse_if_faulty()
        if address in self._buffers:
            return self._rows(address, argument)
        if address not in self._objects:
            raise RefusalError(UNKNOWN)
        return str(DataSet(address, (self._objects[address](),)))

    def write(self, address: str, value: str) -> None:
        """Set time or date; the other one stays."""
        self._refuse_if_faulty()
        if address not in (TIME, DATE):
            raise RefusalError(UNKNOWN)
        shown = self._clock()
        date, time = (shown[1:7], value) if address == TIME else (value, shown[7:])
        now = datetime.fromtimestamp(self._meter.now(), UTC)
        try:
            wanted = parse_clock(date, time, self._zone, now)
        except RemoteProtocolError as problem:
            raise RefusalError(BAD) from problem
        set_clock(self._meter, int(wanted.timestamp()))

    def _refuse_if_faulty(self) -> None:
        if self._meter.fault(NotPossible):
            raise RefusalError(IMPOSSIBLE)
        if self._meter.fault(TemporaryFailure):
            raise RefusalError(BUSY)

    def _clock(self) -> str:
        """ZYYMMDDhhmmss."""
        meter = self._meter
        shown = datetime.fromtimestamp(meter.clock.reading(meter.now()), UTC)
        return format_stamp(shown, self._zone, seconds=True)

    def _registers(self) -> Iterator[tuple[str, Callable[[], Value]]]:
        names = ShortNames()
        for obis, scaler, unit, _width, show in REGISTERS:
            word, thousands = UNITS[unit]
            yield names.code(Obis.parse(obis)), self._shown(show, word, thousands - scaler, DIGITS.get(unit, 0))

    def _shown(self, show: Show, word: str, decimals: int, digits: int) -> Callable[[], Value]:
        return lambda: Value(with_point(show(self._present()), decimals, digits), word)

    def _rows(self, name: str, argument: str) -> str:
        try:
            start, end = decode_span(argument, self._zone)
        except RemoteProtocolError as problem:
            raise RefusalError(BAD) from problem
        sections = list(self._buffers[name](int(start.timestamp()), int(end.timestamp())))
        return encode_profile(name, sections, self._zone, seconds=name in ("P.98", "P.99"))

    def _load(self, start: int, end: int) -> Iterator[Section]:
        rows = self._meter.recording.load_rows(self._meter.now(), start, end)
        return self._sections(rows, (IMPORT, EXPORT), [rows.stands.imported, rows.stands.export], QUARTER)

    def _daily(self, start: int, end: int) -> Iterator[Section]:
        rows = self._meter.recording.daily_rows(self._meter.now(), start, end)
        stands = [rows.stands.imported, rows.stands.export, rows.stands.import_t1, rows.stands.import_t2]
        return self._sections(rows, (IMPORT, EXPORT, *RATES), stands, DAY)

    def _sections(
        self, rows: Rows, channels: tuple[Channel, ...], stands: Sequence[NDArray[np.int64]], period: int
    ) -> Iterator[Section]:
        """A header wherever a row is not the next one on the clock on the wall, or has another status."""
        walls = rows.stamps if period < DAY else rows.stamps + self._meter.local.offset(rows.stamps)
        breaks = np.flatnonzero((np.diff(walls) != period) | (np.diff(rows.status.astype(np.int64)) != 0)) + 1
        bounds = [0, *breaks.tolist(), len(rows.stamps)] if len(rows.stamps) else []
        for first, end in pairwise(bounds):
            cells = np.stack([column[first:end] for column in stands], axis=1).reshape(-1).tolist()
            values = tuple(Value(with_point(cell, 3, DIGITS[WH])) for cell in cells)
            at = datetime.fromtimestamp(int(rows.stamps[first]), UTC)
            yield Section(at, int(rows.status[first]), period // MINUTE, channels, values)

    def _standard(self) -> list[LogEntry]:
        return standard_log(self._meter.recording, self._meter.spec.seed, self._meter.now())

    def _failures(self) -> list[LogEntry]:
        return failure_log(self._meter.recording, self._meter.now())


def with_point(number: int, decimals: int, digits: int) -> str:
    """A number with so many decimals and at least so many digits: 12345 with 3 and 9 is `000012.345`."""
    text = str(number).zfill(max(digits, decimals + 1))
    return f"{text[:-decimals]}.{text[-decimals:]}" if decimals else text


def _entries(entries: Iterable[LogEntry], channel: Channel, start: int, end: int) -> Iterator[Section]:
    """Each entry with a header of its own."""
    for entry in entries:
        if start <= entry.stamp <= end:
            at = datetime.fromtimestamp(entry.stamp, UTC)
            yield Section(at, 0, 0, (channel,), (Value(str(entry.value)),))
