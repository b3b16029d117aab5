"""What the documents name exists: scripts, commands with their options, settings, files, Python names."""

import importlib
import re
import shlex
from importlib.util import find_spec

import pytest
from django.contrib.auth import get_user_model
from django.core.management import get_commands, load_command_class
from honcho.environ import parse_procfile

from aim import places
from aim.env import env
from aim.reference.roles import meanings
from headend.by_hand.keys import VARIABLES
from tests.docs.pages import Document, documents, shell_lines

DOCUMENTS = documents()
APPS = ("aim", "access", "metering", "devices", "events", "headend", "reports", "integration", "protocols", "simulator")
_FOLDERS = (*APPS, "bench", "docs", "rig", "script", "static", "templates", "tests")
_PATH = re.compile(rf"(?:{'|'.join(_FOLDERS)})/[\w./-]+")
_DOTTED = re.compile(rf"(?:{'|'.join(APPS)})(?:\.\w+)+")
_ENVIRONMENT = re.compile(r"\bOPENAIM_[A-Z_]+\b")
_MADE_LATER = {"static/vendor/"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_scripts_exist_and_can_be_run(document: Document) -> None:
    for name in set(re.findall(r"\bscript/([a-z]+)\b", document.text)):
        script = places.BASE / "script" / name
        assert script.is_file(), name
        assert script.stat().st_mode & 0o111, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_management_commands_exist(document: Document) -> None:
    assert set(re.findall(r"manage\.py ([a-z_]+)", document.text)) <= {"help", *get_commands()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_command_lines_are_understood(document: Document) -> None:
    """The arguments of every `manage.py` line pass the parser of its command, which ends the test otherwise."""
    for line in shell_lines(document):
        _before, found, arguments = line.partition("manage.py ")
        if found:
            name, *rest = shlex.split(arguments)
            command = load_command_class(get_commands()[name], name)
            command.create_parser("manage.py", name).parse_args(rest)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_modules_to_run_exist(document: Document) -> None:
    for name in set(re.findall(r"python3? -m ([\w.]+)", document.text)):
        assert find_spec(name), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_processes_stand_in_the_procfile(document: Document) -> None:
    known = set(parse_procfile((places.BASE / "Procfile").read_text()).processes)
    for line in shell_lines(document):
        if "honcho start " in line:
            assert set(line.partition("honcho start ")[2].split()) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_settings_are_declared(document: Document) -> None:
    known = {setting.name for setting in env.settings} | set(VARIABLES.values())
    assert set(_ENVIRONMENT.findall(document.text)) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_files_named_exist(document: Document) -> None:
    names = {name for name in document.code() if _PATH.fullmatch(name)} - _MADE_LATER
    found = [name for name in names if not _exists(document, name)]
    assert not found


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_python_names_exist(document: Document) -> None:
    known = set(meanings()) | {get_user_model()._meta.label_lower}
    names = {name for name in document.code() if _DOTTED.fullmatch(name)} - known
    assert [name for name in names if not _resolves(name)] == []


def _exists(document: Document, name: str) -> bool:
    """Below the root, or below the folder of a README that speaks of its own package."""
    return any((folder / name).exists() for folder in (places.BASE, document.path.parent))


def _resolves(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for split in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        return _has(found, parts[split:])
    return False


def _has(found: object, names: list[str]) -> bool:
    for name in names:
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True
