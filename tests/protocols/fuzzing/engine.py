"""One target under atheris: `python -m tests.protocols.fuzzing.engine TARGET LIMIT FOLDER`. It ends the process."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["protocols"]):
    from tests.protocols.fuzzing.targets import TARGETS

MOST_MEGABYTES = 300
SECONDS = 2
"""Longer than any input may take, so that a slow machine does not count as an endless loop."""
LARGEST = 1 << 16


def fuzz(name: str, limit: str, folder: Path) -> None:
    """Feed the target until the limit is reached or something breaks."""
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [
        limit,
        f"-max_len={min(target.most, LARGEST)}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        f"-timeout={SECONDS}",
        f"-artifact_prefix={folder}.",
        "-print_final_stats=1",
    ]

    def take(octets: bytes) -> None:
        target.check(octets)

    atheris.Setup([sys.argv[0], *options, str(folder)], take)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
