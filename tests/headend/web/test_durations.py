"""How long something took, in words."""

import pytest

from headend.tables import duration_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0004, "under 1 ms"), (0.004, "4 ms"), (0.42, "0.42 s"), (12.3, "12 s"), (200, "3 min 20 s"),
    ],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
