"""What bounds a formula, so that reading and evaluating any text is cheap by construction."""

MAX_CHARACTERS = 1_000
MAX_NODES = 200
"""Numbers, names, operations and calls, counted together."""
MAX_DEPTH = 30
"""Levels of nesting. The terms of a sum or a product lie on one level, so a long sum is not deep."""
MAX_NUMBER = 1e15
"""Numbers lie within ± this, where float64 still tells thousandths of them apart from whole numbers."""
MAX_EXPONENT = 16
MAX_STEPS = 10_000
"""The farthest neighbour, and the longest moving average, in slots."""
MAX_ARGUMENTS = 20
"""Arguments of `min` and `max`."""
MAX_DIGITS = 9
"""Decimals `round` keeps."""
