"""The records of a NEM12 file in their order: which belongs to which, and where a portion may end."""

from __future__ import annotations

import re

from integration.formats.nem import codes
from integration.formats.nem.clock import market_instant
from integration.formats.nem.fields import join, split
from integration.formats.nem.findings import Fault, Findings
from integration.formats.nem.flags import VARIABLE
from integration.formats.nem.reading import MOST_ERRORS, MOST_ROWS
from integration.formats.nem12.assembly import assemble
from integration.formats.nem12.block import Block, read_block
from integration.formats.nem12.day import Day, DayParser, read_event
from integration.formats.portion import PORTION_VALUES, Channel, Portion, Severity

_DETAIL_FIELDS = 5
_BELONGING = (b"400", b"500")
_LIKE_A_BLOCK = range(7, 12)
"""Commas of a line that may have been a record 200: it has nine."""
_BLOCK_WITHIN = re.compile(rb"200,[0-9A-Za-z]{10,11},")


class Nem12Records:
    """Takes records, gives portions.

    A damaged line may have been anything. Where it may have been a record 200, or hide one, what follows could be
    somebody else's and is refused up to the next; otherwise only the day it is part of is lost.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.rows = 0
        self._block: Block | None = None
        self._no_block = "no record 200 says whose values these are"
        self._day: Day | None = None
        self._parser = DayParser()
        self._days: dict[Channel, dict[int, Day]] = {}
        self._own: dict[int, Day] = {}  # the days of the channel of the block
        self._values = 0
        self._latest = 0
        self._takers = {
            b"200": self._take_block,
            b"300": self._take_day,
            b"400": self._take_event,
            b"500": self._take_order,
        }

    def may_end(self, kind: bytes) -> bool:
        """Before a record 200 when half full, so that channels stay whole; within a channel only when full."""
        if kind in _BELONGING:
            return False
        values = self._values + (self._day.block.intervals if self._day else 0)
        coming = self._block.intervals if self._block and kind == b"300" else 0
        most = PORTION_VALUES // 2 if kind == b"200" else PORTION_VALUES
        return values + coming > most or self.rows >= MOST_ROWS or len(self.findings) >= MOST_ERRORS

    def take(self, kind: bytes, content: bytes, line: int) -> None:
        """One record."""
        taker = self._takers.get(kind)
        if taker is None:
            self.lose(content, line, "not a record of this format" if kind != b"100" else "a second header")
        else:
            taker(content, line)

    def lose(self, content: bytes, line: int, reason: str, *, whole: bool = True) -> None:
        """A line that is no record; `whole`: all of it is known."""
        self._finish_day()
        self.findings.unreadable(line, reason, content)
        if not whole or content.count(b",") in _LIKE_A_BLOCK or _BLOCK_WITHIN.search(content):
            self._close_block(line)

    def portion(self, position: int) -> Portion:
        """What has come since the last portion."""
        self._finish_day()
        days = [day for own in self._days.values() for day in own.values()]
        portion = assemble(days, self.findings, position, self.rows)
        self._days, self._values, self._latest, self.rows = {}, 0, 0, 0
        self._own = self._days.setdefault(self._block.channel, {}) if self._block else {}
        return portion

    def _suspect(self, content: bytes, line: int) -> None:
        """A refused record may have swallowed the beginning of a block."""
        if _BLOCK_WITHIN.search(content):
            self._finish_day()
            self._close_block(line)

    def _close_block(self, line: int) -> None:
        self._block = None
        self._no_block = f"whose values these are is not known since line {line}"

    def _take_block(self, content: bytes, line: int) -> None:
        self._finish_day()
        fields = split(content)
        block = read_block(fields) if fields else Fault("quotation marks do not match")
        self._latest = 0
        if isinstance(block, Fault):
            self.findings.error(line, block)
            self._close_block(line)
        else:
            self._block = block
            self._own = self._days.setdefault(block.channel, {})

    def _take_day(self, content: bytes, line: int) -> None:
        self._finish_day()
        if self._block is None:
            self.findings.unreadable(line, self._no_block, content, max(content.count(b",") - 6, 0))
            return
        day = self._parser.read(content, self._block, line)
        if isinstance(day, Day):
            self._day = day
            return
        self.findings.error(line, day, self._block.intervals)
        self._suspect(content, line)

    def _take_event(self, content: bytes, line: int) -> None:
        if self._day is None:
            self.findings.unreadable(line, "belongs to no record 300 that was taken", content)
            return
        fields = split(content)
        event = read_event(fields, self._day.block, line) if fields else Fault("quotation marks do not match")
        if isinstance(event, Fault):
            self._day.spoilt = self._day.spoilt or (line, event)
            self._suspect(content, line)
        elif self._day.may_have_events:
            self._day.events.append(event)
        else:
            self.findings.unreadable(line, f"the record 300 says {self._day.flags.quality_method} for all day", content)

    def _take_order(self, content: bytes, line: int) -> None:
        if self._day is None:
            self.findings.unreadable(line, "belongs to no record 300 that was taken", content)
            return
        fields = split(content)
        if fault := _order_fault(fields):
            self.findings.error(line, fault)
            self._suspect(content, line)
        elif fields:
            self._day.orders.append(join(fields[1:]))

    def _finish_day(self) -> None:
        """Nothing more belongs to the day: it is taken or refused."""
        day, self._day = self._day, None
        if day is None:
            return
        if found := day.fault():
            self.findings.error(*found, values=day.block.intervals)
            return
        if day.day in self._own:
            reason = "a day given twice: the later record is taken"
            self.findings.note(day.line, reason, day.block.intervals, Severity.REPAIRED)
            self._values -= day.block.intervals
        elif day.day < self._latest:
            self.findings.note(day.line, "the days of a channel are not in order", day.block.intervals)
        self._own[day.day] = day
        self._latest = max(self._latest, day.day)
        self._values += day.block.intervals
        self._remark(day)

    def _remark(self, day: Day) -> None:
        """Note what the specification misses, but what can be read all the same."""
        told = [(day.flags, day.description, day.block.intervals)] if day.flags.flag != VARIABLE else []
        told += [(event.flags, event.description, event.last - event.first + 1) for event in day.events]
        for flags, description, values in told:
            if reason := flags.remarkable(described=bool(description)):
                self.findings.note(day.line, reason, values)


def _order_fault(fields: list[str] | None) -> Fault | None:
    """What is wrong with a record 500: transaction, service order, time and index of the reading."""
    if fields is None:
        return Fault("quotation marks do not match")
    if not 2 <= len(fields) <= _DETAIL_FIELDS:
        return Fault(f"a record 500 has {_DETAIL_FIELDS} fields, this has {len(fields)}")
    if fields[1] not in codes.TRANSACTIONS:
        return Fault("not a transaction code", 2, fields[1])
    if len(fields) > 3 and fields[3] and market_instant(fields[3]) is None:
        return Fault("not a date and time", 4, fields[3])
    return None
