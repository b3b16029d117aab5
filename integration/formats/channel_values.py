"""Values of one channel, apart from those of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Channel


@dataclass(frozen=True, slots=True, eq=False)
class ChannelValues:
    """Arrays (m,): seconds since 1970 UTC, integers of 10^exponent of the channel, qualities, status words; as in a
    `Portion`."""

    channel: Channel
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]
