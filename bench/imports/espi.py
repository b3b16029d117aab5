"""Green Button files of any size, and how fast they are read and written without a store behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from integration.formats.espi import EspiReader, write_espi
from integration.formats.portion import Letterhead, Portion

FIRST = 1_767_225_600  # 2026-01-01, 00:00 UTC
DAY_S = 86_400
_MINUTE_S = 60
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Bench</title>\n'
_TYPE = """<entry>
  <link rel="self" href="ReadingType/1"/>
  <content>
    <ReadingType xmlns="http://naesb.org/espi"><accumulationBehaviour>4</accumulationBehaviour><commodity>1</commodity>
      <flowDirection>1</flowDirection><intervalLength>{seconds}</intervalLength><kind>12</kind>
      <powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType>
  </content>
</entry>
"""
_METER = """<entry>
  <id>urn:uuid:00000000-0000-4000-8000-{number:012}</id>
  <link rel="self" href="UsagePoint/{number:08}"/>
  <link rel="related" href="UsagePoint/{number:08}/MeterReading"/>
  <content>
    <UsagePoint xmlns="http://naesb.org/espi"><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>
  </content>
</entry>
<entry>
  <link rel="self" href="UsagePoint/{number:08}/MeterReading/1"/>
  <link rel="up" href="UsagePoint/{number:08}/MeterReading"/>
  <link rel="related" href="UsagePoint/{number:08}/MeterReading/1/IntervalBlock"/>
  <link rel="related" href="ReadingType/1"/>
  <content><MeterReading xmlns="http://naesb.org/espi"/></content>
</entry>
"""
_BLOCK = """<entry>
  <id>urn:uuid:00000000-0000-4000-9000-{number:012}</id>
  <link rel="self" href="UsagePoint/{number:08}/MeterReading/1/IntervalBlock/{start}"/>
  <link rel="up" href="UsagePoint/{number:08}/MeterReading/1/IntervalBlock"/>
  <content>
    <IntervalBlock xmlns="http://naesb.org/espi">
      <interval>
        <duration>86400</duration>
        <start>{start}</start>
      </interval>
{readings}    </IntervalBlock>
  </content>
</entry>
"""
_READING = """      <IntervalReading>
{quality}        <timePeriod>
          <duration>{seconds}</duration>
          <start>%d</start>
        </timePeriod>
        <value>%d</value>
      </IntervalReading>
"""
_ESTIMATED = """        <ReadingQuality>
          <quality>8</quality>
        </ReadingQuality>
"""


def espi_file(path: Path, meters: int, days: int, interval: int) -> int:
    """Write a file of `meters` with energy delivered, indented as utilities send it; how many values it has.

    `interval` in minutes. A block is a day; one reading in 48 is estimated, so every day is a mix of both shapes.
    """
    random, seconds = np.random.default_rng(2026), interval * _MINUTE_S
    slots = DAY_S // seconds
    with path.open("w") as file:
        file.write(_HEAD + _TYPE.format(seconds=seconds))
        for number in range(meters):
            file.write(_METER.format(number=number))
            values = random.gamma(2.0, 60_000 / slots, (days, slots)).astype(np.int64)
            file.writelines(_blocks(number, values, seconds))
        file.write("</feed>\n")
    return meters * days * slots


def _blocks(number: int, values: NDArray[np.int64], seconds: int) -> Iterator[str]:
    plain, estimated = (_READING.format(seconds=seconds, quality=quality) for quality in ("", _ESTIMATED))
    slots = values.shape[1]
    shapes = "".join(estimated if slot % 48 == 7 else plain for slot in range(slots))
    for day, row in enumerate(values.tolist()):
        start = FIRST + day * DAY_S
        numbers = [number for slot in range(slots) for number in (start + slot * seconds, row[slot])]
        yield _BLOCK.format(number=number, start=start, readings=shapes % tuple(numbers))


def parse(path: Path) -> tuple[int, float]:
    """Read all; values read and seconds."""
    started = time.perf_counter()
    with path.open("rb") as file:
        values = sum(len(portion) for portion in EspiReader(file))
    return values, time.perf_counter() - started


def write(path: Path) -> tuple[int, float]:
    """Read all, then write it all to nowhere; values written and seconds of writing alone."""
    with path.open("rb") as file:
        portions: list[Portion] = list(EspiReader(file))
    started = time.perf_counter()
    octets = sum(len(part) for part in write_espi(portions, Letterhead()))
    seconds = time.perf_counter() - started
    assert octets
    return sum(len(portion) for portion in portions), seconds
