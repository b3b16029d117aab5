"""Inputs as large as they come, made so that anything quadratic or unbounded shows."""

import random

from tests.protocols.fuzzing.checking import Target
from tests.protocols.fuzzing.mutation import packed

UNITS = ("00", "01", "0101", "0201", "01820fff", "0182fffe02010000", "0980", "13020100", "130201ff", "04820fff", "7e",
         "7ea0070321930f01", "7ea07e", "000100010010000160", "0001001000010000", "e600014100", "e081000100000141",
         "e00100010000024142", "68050568", "53ff00", "2f3f", "062f", "0d0a", "60808080", "db08", "dd00", "df0000000000",
         "c401c100", "0f00000001", "a109", "ff", "80", "84ffffffff")  # fmt: skip
_SEEDS = 3


def floods(target: Target, size: int) -> list[bytes]:
    """Each unit and a few good inputs repeated to `size` octets, behind a good beginning and bare, and noise."""
    size = min(size, target.most)
    chance = random.Random(target.name)
    seeds = chance.sample(target.seeds(), min(_SEEDS, len(target.seeds())))
    repeated = [(unit * size)[:size] for unit in (*map(bytes.fromhex, UNITS), *(seed for seed in seeds if seed))]
    behind = [(seed[: len(seed) // 2] + flood)[:size] for seed in seeds[:1] for flood in repeated]
    inside = [packed([flood[: size - 2]]) for flood in repeated]
    return [*repeated, *behind, *inside, chance.randbytes(size)]
