"""Benchmarks: `python -m bench NAME`. A benchmark is a module of this package with a function `run`.

    def run(quick: bool) -> Iterable[Figure]

It runs in a migrated scratch database of its own, and compares with a baseline measured in the same run. The first
line of its docstring is what `--help` says about it.
"""

import os

# Settings read the environment when they are first imported: no benchmark needs packed static files.
os.environ.setdefault("OPENAIM_STATIC", "plain")
