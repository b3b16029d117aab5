"""What `manage.py store` can do: every module of this package is a sub-command of the same name.

A module `such_a_name` holds a `COMMAND` and is called as `store such-a-name`; what it refuses is a CommandError.
"""

from __future__ import annotations

import importlib
import pkgutil
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import OutputWrapper

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SubCommand:
    """A sub-command: its line of help, its arguments, and what it does, which answers whether all is well.

    Where something is not, the exit status is 1.
    """

    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Options, OutputWrapper], bool]


def sub_commands() -> dict[str, SubCommand]:
    """All there are, by the name they are called with."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    loaded = {name: importlib.import_module(f"{__name__}.{name}").COMMAND for name in modules}
    return {name.replace("_", "-"): command for name, command in loaded.items()}
