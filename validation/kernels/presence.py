"""Is there a value, and which sign has it? (V1, V6, V7)"""

from validation.kernels.shapes import NO_VALUE, Edges, Mask, Values, judged, with_context


def missing(values: Values, due: Mask, edges: Edges | None = None) -> Mask:
    """V1: nothing where a value is due. Fails if v = `NO_VALUE` and due.

    `due` bool (n, slots): the meter was there and the value should have arrived by now. It follows the clock, so a
    local day of 92 or 100 quarter hours has as many due.
    """
    return with_context((judged(values, edges) == NO_VALUE) & judged(due, edges), edges)


def present(values: Values, edges: Edges | None = None) -> Mask:
    """A value is there, whatever it is ("not missing")."""
    return with_context(judged(values, edges) != NO_VALUE, edges)


def zero(values: Values, edges: Edges | None = None) -> Mask:
    """V7: exactly 0."""
    return with_context(judged(values, edges) == 0, edges)


def positive(values: Values, edges: Edges | None = None) -> Mask:
    """More than 0."""
    return with_context(judged(values, edges) > 0, edges)


def negative(values: Values, edges: Edges | None = None) -> Mask:
    """V6: less than 0, be it consumption, which no meter measures, or a register."""
    part = judged(values, edges)
    return with_context((part < 0) & (part != NO_VALUE), edges)
