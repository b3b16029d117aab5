"""Series that are coarser than a file: made finer, exactly, or their values are refused."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Portion
from integration.imports.readings.targets import Targets
from metering.store import Origin
from metering.store.refine import RefineError, refine


def refine_for(portion: Portion, targets: Targets, inexact: NDArray[np.bool_], origin: Origin) -> dict[int, str]:
    """Make the series of channels with `inexact` values (m,) as fine as the channels; channel → why it could not be."""
    refused: dict[int, str] = {}
    for index in np.unique(portion.channel[inexact & targets.taken[portion.channel]]).tolist():
        try:
            refine([int(targets.series[index])], portion.channels[index].exponent, origin=origin)
        except RefineError as error:
            refused[index] = f"the file gives more digits than the series has, and {error}"
    return refused
