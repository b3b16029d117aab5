"""The cheapest requests for what is missing of a profile: two ranges are asked for as one where that costs less.

A request for a range of its own costs a round trip and its selection, a row that was not needed its octets. By
selective access a request with its answer's frame is about 120 octets and one round trip: 0.6 s on a mobile network,
in which some 24 rows of two channels (25 octets each) come over a line of 9,600 bit/s. So up to `ROWS_PER_REQUEST`
rows that are there already are read along, and from there on asking twice is cheaper.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby

from headend.plan import Stretch
from protocols.dlms.obis import Obis

ROWS_PER_REQUEST = 24
"""What one more request costs, in rows."""


def cheapest(missing: Sequence[Stretch], intervals: Mapping[Obis, int]) -> list[Stretch]:
    """The ranges to ask for, by profile and time; all of `missing` lies in them.

    `intervals`: seconds from row to row of a profile; of one that is not in it only what touches is asked for as one.
    """
    asked: list[Stretch] = []
    ordered = sorted(missing, key=lambda each: (str(each.obis), each.start))
    for obis, stretches in groupby(ordered, key=lambda each: each.obis):
        # A stretch ends one second before the first row behind it.
        asked += _joined(list(stretches), timedelta(seconds=intervals.get(obis, 0) * ROWS_PER_REQUEST + 1))
    return asked


def _joined(stretches: Sequence[Stretch], most: timedelta) -> list[Stretch]:
    """Stretches of one profile in order of time, those no more than `most` apart as one."""
    joined = [stretches[0]]
    for each in stretches[1:]:
        last = joined[-1]
        if each.start - last.end <= most:
            joined[-1] = Stretch(last.obis, last.start, max(last.end, each.end))
        else:
            joined.append(each)
    return joined
