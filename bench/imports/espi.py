"""Green Button files of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIRST = 1_767_225_600  # 2026-01-01, 00:00 UTC
DAY_S = 86_400
_MINUTE_S = 60
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Bench</title>\n'


def _entry(content: str, *links: str, uuid: str = "") -> str:
    """An entry of a feed, indented: its id if it has one, its links as `meaning target`, and what it holds."""
    head = f"  <id>urn:uuid:{uuid}</id>\n" if uuid else ""
    for link in links:
        meaning, target = link.split()
        head += f'  <link rel="{meaning}" href="{target}"/>\n'
    return f"<entry>\n{head}  <content>{content}</content>\n</entry>\n"


_TYPE = _entry(
    """
    <ReadingType xmlns="http://naesb.org/espi"><accumulationBehaviour>4</accumulationBehaviour><commodity>1</commodity>
      <flowDirection>1</flowDirection><intervalLength>{seconds}</intervalLength><kind>12</kind>
      <powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType>
  """,
    "self ReadingType/1",
)
_POINT = _entry(
    """
    <UsagePoint xmlns="http://naesb.org/espi"><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>
  """,
    "self UsagePoint/{number:08}",
    "related UsagePoint/{number:08}/MeterReading",
    uuid="00000000-0000-4000-8000-{number:012}",
)
_METER = _entry(
    '<MeterReading xmlns="http://naesb.org/espi"/>',
    "self UsagePoint/{number:08}/MeterReading/1",
    "up UsagePoint/{number:08}/MeterReading",
    "related UsagePoint/{number:08}/MeterReading/1/IntervalBlock",
    "related ReadingType/1",
)
_BLOCK = _entry(
    """
    <IntervalBlock xmlns="http://naesb.org/espi">
      <interval>
        <duration>86400</duration>
        <start>{start}</start>
      </interval>
{readings}    </IntervalBlock>
  """,
    "self UsagePoint/{number:08}/MeterReading/1/IntervalBlock/{start}",
    "up UsagePoint/{number:08}/MeterReading/1/IntervalBlock",
    uuid="00000000-0000-4000-9000-{number:012}",
)
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
            file.write((_POINT + _METER).format(number=number))
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
