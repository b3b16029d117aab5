"""Names for the arrays that the estimators share, and what marks a slot without value in them."""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import NO_VALUE

__all__ = ["NO_VALUE", "VALUE_LIMIT", "Bools", "Codes", "Floats", "Index", "Ints"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Ints = NDArray[np.int64]

VALUE_LIMIT = 2**52
"""Values lie strictly between ± this: `metering.store.VALUE_LIMIT`, told again because that needs a database."""
