"""Strategies: small blocks of values with holes, near and far from zero."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from validation.kernels import NO_VALUE, Mask, Values

LARGEST = 2**52 - 1

_values = st.one_of(st.integers(0, 40), st.integers(-30, 300), st.integers(-LARGEST, LARGEST), st.just(NO_VALUE))


@st.composite
def blocks(draw: st.DrawFn, slots: int = 16) -> tuple[Values, Mask]:
    """Values int64 (n, up to `slots`) and which of them are usable; what is missing never is."""
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, slots)))
    values = draw(hnp.arrays(np.int64, shape, elements=_values))
    doubted = draw(hnp.arrays(np.bool_, shape, elements=st.sampled_from([False, False, False, True])))
    return values, (values != NO_VALUE) & ~doubted
