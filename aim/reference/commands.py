"""The reference of commands: the scripts, and what the apps add to `manage.py`."""

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from aim import places
from aim.reference.markdown import table

APPS = {"aim", "access", "metering", "devices", "events", "headend", "reports", "integration"}
HEAD = """# Commands

This page is written by `manage.py reference` from the commands themselves; `--help` says the same.

## Scripts

They find a Python, set up what is missing and can be run from any folder.

"""
PROGRAMS = """
## Programs

| command | what it does |
|---|---|
| `python -m aim.embedded start`, `stop`, `status`, `url` | the embedded servers by hand |
| `python -m simulator` | simulated meters: [simulator](../../simulator/README.md) |
| `python -m bench` | what `script/bench` runs: [benchmarks](benchmarks.md) |
| `celery -A aim worker` | a worker; its queues and options stand in `Procfile` |
| `gunicorn aim.wsgi --config gunicorn.conf.py` | a web process |

## `manage.py`

Where no servers are named, a command starts the embedded ones and ends them with itself unless another process holds
them. Only what OpenAIM adds is listed; `manage.py help` lists the commands of Django and of its packages too.
"""


def page() -> str:
    """The page in Markdown."""
    own = sorted(name for name, app in get_commands().items() if app in APPS)
    return HEAD + table(("command", "what it does"), _scripts()) + PROGRAMS + "".join(map(_section, own))


def _scripts() -> Iterator[tuple[str, str]]:
    """Every script with the comment below its first line."""
    for path in sorted((places.BASE / "script").iterdir()):
        first, second = path.read_text().splitlines()[:2]
        if first.startswith("#!"):
            yield f"`script/{path.name}`", second.removeprefix("# ")


def _section(name: str) -> str:
    command = load_command_class(get_commands()[name], name)
    return "".join(_described(f"manage.py {name}", command.help, command.create_parser("manage.py", name)))


def _described(words: str, help_: str, parser: ArgumentParser) -> Iterator[str]:
    """The section of a command, and after it those of its sub-commands."""
    own = _own(parser)
    arguments = [_row(action) for action in own]
    described = "\n" + table(("argument", "what it does"), arguments) if arguments else ""
    yield f"\n### `{words}`\n\n{help_}\n{described}"
    for action in own:
        if isinstance(action, _SubParsersAction):
            lines = {listed.dest: listed.help or "" for listed in action._choices_actions}
            for name, inner in action.choices.items():
                yield from _described(f"{words} {name}", inner.description or lines[name], inner)


def _own(parser: ArgumentParser) -> list[Action]:
    """The arguments this command has beyond those of every Django command."""
    common = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}
    return [action for action in parser._actions if action.dest not in common]


def _row(action: Action) -> tuple[str, str]:
    name = ", ".join(action.option_strings) or action.dest
    value = "" if action.nargs == 0 or not action.option_strings else f" {_value(action)}"
    return f"`{name}{value}`", _without_places(". ".join(filter(None, (action.help, _choices(action)))))


def _value(action: Action) -> str:
    return str(action.metavar or action.dest.upper())


def _choices(action: Action) -> str:
    return "One of " + ", ".join(f"`{choice}`" for choice in action.choices) if action.choices else ""


def _without_places(text: str) -> str:
    """Help that names a path names it relative to the clone here: the page is the same on every machine."""
    for folder, shown in ((places.VAR, Path("var")), (places.BASE, Path())):
        text = text.replace(str(folder), str(shown))
    return text
