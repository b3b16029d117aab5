"""Devices that speak IEC 62056-21 in text, modes A to C, over a line that a converter puts on TCP."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from devices.descriptions import Profile
from devices.text_speech import TextSpeech
from headend import causes
from headend.causes import SessionError
from headend.drivers.base import Capability, Target
from headend.drivers.dlms_registers import with_stored_codes
from headend.drivers.iec62056_21_decode import log_entries, profile_rows, quantity
from headend.plan import REGISTERS, Column, Layout, LogEntries, ProfileRows, RegisterValue, Stretch
from headend.transport import Exchange, Line, connect
from protocols.dlms.obis import Obis
from protocols.dlms.objects import REGISTER
from protocols.errors import Cause, RemoteProtocolError, garbage
from protocols.iec62056_21 import DataSet, Identification, LineFormat, Mode, Reader, ShortNames, Value, decode_data_sets
from protocols.iec62056_21.profiles import Section, decode_profile, encode_span
from protocols.iec62056_21.stamps import format_stamp, parse_clock

T = TypeVar("T")

TIME, DATE = Obis.parse("1-0:0.9.1"), Obis.parse("1-0:0.9.2")
"""The clock of these meters is two objects."""
_DIGITS_AT_END = re.compile(r"\d*$")
_SECONDS = -2
_CAPABILITIES = (
    Capability.LINK
    | Capability.IDENTIFICATION
    | Capability.CLOCK
    | Capability.SET_CLOCK
    | Capability.REGISTERS
    | Capability.PROFILES
    | Capability.LOGS
)


class TextDriver:
    """One session; implements `headend.drivers.base.Driver`."""

    def __init__(self, target: Target) -> None:
        self.capabilities = _CAPABILITIES
        self.learned: list[Layout] = []
        self._target = target
        self._speech = _speech_of(target)
        self._names = ShortNames(self._speech.names)
        self._reader = Reader(
            _address(target, self._speech),
            most_baud=self._speech.most_baud,
            parity=self._speech.parity,
            line_change=self._converter_follows,
        )
        self._line: Line | None = None
        self._who: Identification | None = None
        self._shown: dict[str, DataSet] = {}
        self._round_trip = timedelta()

    @property
    def sent(self) -> int:
        return self._line.sent if self._line else 0

    @property
    def received(self) -> int:
        return self._line.received if self._line else 0

    async def connect(self) -> None:
        """Reach the converter, and let the meter identify itself."""
        target = self._target
        if target.gateway_address:
            raise SessionError(causes.UNSUPPORTED_MODEL, "a meter of IEC 62056-21 is not behind a concentrator")
        patience_s = target.transport.patience_s
        self._line = await connect(target.host, target.port, patience_s=patience_s, tap=target.tap)
        self._line.repeat_after(target.transport.retry_s, self._reader.repeat)
        self._who = await self._run(self._reader.sign_on())

    async def open(self) -> None:
        """Programming mode, and the password; what a meter of mode A or B shows on the way there is kept."""
        if self._who is None:
            await self.connect()
        if self._who is not None and self._who.mode is Mode.C:
            await self._run(self._reader.program())
        else:
            self._shown = {each.address: each for each in await self._run(self._reader.read_out())}
        if self._speech.level != "none":
            await self._run(self._reader.authenticate(self._password, self._speech.level))

    async def read_clock(self) -> float:
        """See `Driver`. Date and time are asked for apart: just after midnight the date is asked for once more."""
        date = await self._text(DATE)
        sent_at = time.time()
        shown = await self._text(TIME)
        heard_at = time.time()
        taken_at, self._round_trip = (sent_at + heard_at) / 2, timedelta(seconds=heard_at - sent_at)
        if re.sub(r"\D", "", shown)[:_SECONDS].endswith("0000"):
            date = await self._text(DATE)
        near = datetime.fromtimestamp(taken_at, UTC)
        return round(parse_clock(date, shown, self._target.zone, near).timestamp() - taken_at, 3)

    async def shift_clock(self, seconds: int) -> None:
        """These meters know no shifting. RemoteProtocolError (REFUSED), always."""
        raise RemoteProtocolError(Cause.REFUSED, f"clocks of IEC 62056-21 are set, not shifted by {seconds} s")

    async def set_clock(self) -> None:
        """See `ClockSetter`. Date and time are written apart: when midnight has passed in between, the date again."""
        date, _ = self._now()
        await self._run(self._reader.write(self._names.code(DATE), date))
        today, now = self._now()
        await self._run(self._reader.write(self._names.code(TIME), now))
        if today != date:
            await self._run(self._reader.write(self._names.code(DATE), today))

    async def read_identification(self) -> dict[str, str]:
        found = {name: await self._held(obis) for name, obis in self._target.description.identification.items()}
        return {name: value.text.strip() for name, value in found.items() if value is not None and value.text.strip()}

    async def read_registers(self, wanted: Sequence[Obis], known: Layout | None) -> tuple[list[RegisterValue], Layout]:
        """See `Driver`. Unit and decimals come with every value, so nothing needs to be known."""
        at = datetime.now(UTC).replace(microsecond=0)
        codes = self._target.description.stored_as
        found = [(codes.get(obis, obis), await self._held(obis)) for obis in wanted]
        values = [register for obis, value in found if (register := _register(obis, value, at)) is not None]
        columns = tuple(Column(REGISTER, each.obis, 2, each.scaler, each.unit) for each in values)
        return values, Layout(REGISTERS, 0, columns, known=False)

    async def read_layout(self, profile: Obis) -> Layout:
        """What the description says, unasked: columns, units and interval come with the rows themselves."""
        described = self._profile(profile)
        columns = (Column(REGISTER, obis, 2, 0, unit) for obis, unit in described.values)
        return Layout(profile, described.interval_s, tuple(columns), known=False)

    async def read_profile(self, layout: Layout, stretch: Stretch) -> ProfileRows:
        sections = await self._sections(stretch)
        rows = profile_rows(sections, self._names, layout, stretch, self._target.zone)
        return replace(rows, layout=with_stored_codes(rows.layout, self._target.description.stored_as))

    async def read_log(self, stretch: Stretch) -> LogEntries:
        described = self._target.description.event_log(stretch.obis)
        if described is None:
            raise SessionError(causes.UNSUPPORTED_MODEL, f"event log {stretch.obis} is not described")
        entries = log_entries(await self._sections(stretch), described.columns, stretch, self._target.zone)
        return LogEntries(stretch, entries)

    async def close(self) -> None:
        """Say B0, which nobody answers, and hang up."""
        if self._line is not None:
            self._line.say(self._reader.break_off())
            self._line.close()

    def _now(self) -> tuple[str, str]:
        """Date and time as they will be when the meter hears them, each behind the season digit."""
        at = datetime.now(UTC) + self._round_trip / 2
        stamp = format_stamp(at, self._target.zone, seconds=True)
        season = stamp[0] if self._speech.season_digit else ""
        return season + stamp[1:7], season + stamp[7:]

    async def _sections(self, stretch: Stretch) -> tuple[Section, ...]:
        """The answer about one buffer over one stretch."""
        zone, speech = self._target.zone, self._speech
        span = encode_span(stretch.start, stretch.end, zone, season=speech.season_digit)
        code = "R6" if speech.partial_blocks else "R5"
        return decode_profile(await self._run(self._reader.read(self._names.code(stretch.obis), span, code=code)), zone)

    async def _text(self, obis: Obis) -> str:
        """What stands at an object that must be there."""
        code = self._names.code(obis)
        return self._value(code, await self._run(self._reader.read(code))).text

    async def _held(self, obis: Obis) -> Value | None:
        """The first value of an object, from what was shown or asked for; None where the meter refuses it."""
        code = self._names.code(obis)
        if code in self._shown:
            return self._shown[code].values[0]
        try:
            return self._value(code, await self._run(self._reader.read(code)))
        except RemoteProtocolError as error:
            if error.cause is not Cause.REFUSED:
                raise
            return None

    @staticmethod
    def _value(code: str, answer: str) -> Value:
        sets = decode_data_sets(answer)
        if not sets:
            raise garbage(f"nothing is said about {code}")
        return sets[0].values[0]

    def _profile(self, obis: Obis) -> Profile:
        found = next((each for each in self._target.description.profiles if each.obis == obis), None)
        if found is None:
            raise SessionError(causes.UNSUPPORTED_MODEL, f"profile {obis} is not described")
        return found

    @property
    def _password(self) -> str:
        if "password" not in self._target.keys:
            raise SessionError(causes.NO_KEYS, "there is no password")
        return self._target.keys["password"].decode("latin-1")

    def _converter_follows(self, line: LineFormat) -> bytes:
        return self._speech.converter.get(line.baud_rate, b"")

    async def _run(self, conversation: Exchange[T]) -> T:
        assert self._line is not None, "connect() comes first"
        return await self._line.run(conversation)


def _speech_of(target: Target) -> TextSpeech:
    if target.description.text is None:
        raise SessionError(causes.UNSUPPORTED_MODEL, f"{target.description.code} has no section iec62056_21")
    return target.description.text


def _address(target: Target, speech: TextSpeech) -> str:
    """What the request names; of a serial number the digits at its end."""
    if speech.address == "serial_number":
        digits = _DIGITS_AT_END.search(target.serial_number)
        return digits[0][-32:] if digits else ""
    if speech.address == "link_address" and target.link_address is not None:
        return str(target.link_address)
    return ""


def _register(obis: Obis, value: Value | None, at: datetime) -> RegisterValue | None:
    """A register as it was read; None where there is no number."""
    found = None if value is None else quantity(value, value.unit)
    return found and RegisterValue(obis, found.value, found.scaler, found.unit, at)
