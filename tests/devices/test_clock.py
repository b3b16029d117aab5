"""Clock offsets in words."""

import pytest

from devices.clock import clock_state


@pytest.mark.parametrize(
    ("offset", "words", "tone"),
    [
        (0.0, "exact", "ok"),
        (-0.99, "exact", "ok"),
        (1.0, "1 s fast", "ok"),
        (-10.0, "10 s slow", "ok"),
        (10.6, "11 s fast", "warn"),
        (-60.0, "1 min slow", "warn"),
        (61.0, "1 min 1 s fast", "bad"),
        (3661.0, "1 h 1 min fast", "bad"),
        (-90_000.0, "1 d 1 h slow", "bad"),
    ],
)
def test_offsets(offset: float, words: str, tone: str) -> None:
    state = clock_state(offset)
    assert state is not None and (state.label, state.tone) == (words, tone)


def test_a_clock_never_read_has_no_state() -> None:
    assert clock_state(None) is None
