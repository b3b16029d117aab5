"""What the explanations state is what the code does: floors, processes, kinds of jobs, priorities, and the numbers."""

import re
import tomllib
from pkgutil import iter_modules

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from honcho.environ import parse_procfile

from aim import places
from bench.__main__ import names
from devices.speech import transport_of
from headend import causes, completeness, kinds, knowledge, sessions
from headend.drivers import dlms
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.models.job import Priority
from headend.services import claims, gaps, read_now
from headend.storing import placing
from headend.storing.gaps import AGAIN_AFTER, GAP_TRIES
from headend.wake import ON_DEMAND
from headend.worker import SESSIONS, SESSIONS_BULK, STORE_AT_ONCE
from protocols.dlms.classes import interface_classes
from protocols.dlms.keys import MAX_MESSAGE_KEYS
from tests.docs.pages import Document

ARCHITECTURE = Document(places.BASE / "docs" / "explanation" / "architecture.md")
HEAD_END = Document(places.BASE / "docs" / "explanation" / "head-end.md")
THREATS = Document(places.BASE / "THREAT_MODEL.md")
CHANGES = Document(places.BASE / "CHANGELOG.md")
ACCESS = Document(places.BASE / "docs" / "how-to" / "give-access.md")
NUMBERS_IN_WORDS = {3: "three", 5: "Five"}
SHORTEST_PASSWORD = next(
    validator.min_length
    for validator in get_default_password_validators()
    if isinstance(validator, MinimumLengthValidator)
)

FACTS = (
    (HEAD_END, f"the item and the device for {claims.LEASE.total_seconds():.0f} seconds"),
    (HEAD_END, f"leases end within {claims.LEASE.total_seconds():.0f} seconds"),
    (HEAD_END, f"renewed about every {claims.LEASE.total_seconds() / 4:.0f} seconds"),
    (HEAD_END, f"reserves {COUNTERS_PER_SESSION:,} invocation counters"),
    (HEAD_END, f"A meter more than {dlms.LARGEST_JUMP:,} ahead is not followed"),
    (HEAD_END, f"ended after {sessions.LONGEST_S / 60:.0f} minutes as `{causes.TOO_LONG}`"),
    (HEAD_END, f"*Read now* over more than {read_now.FEW} devices"),
    (HEAD_END, f"silent for at most {transport_of({}).patience_s:.0f} seconds"),
    (HEAD_END, f"up to {SESSIONS_BULK} sessions in one event loop ({SESSIONS[ON_DEMAND]} for on demand)"),
    (HEAD_END, f"batches of up to {STORE_AT_ONCE}"),
    (HEAD_END, f"cut into pieces of {kinds.STRETCH_DAYS} days"),
    (HEAD_END, f"kept for {knowledge.LAYOUT_LASTS.days} days"),
    (HEAD_END, f"at most the last {placing.LOST_CLOCK_ROWS} of a reading"),
    (HEAD_END, f"and {completeness.GRACE.total_seconds() / 60:.0f} minutes have passed"),
    (HEAD_END, f"at most {gaps.LOOK_BACK_DAYS} days back"),
    (HEAD_END, f"not sooner than {AGAIN_AFTER.total_seconds() / 60:.0f} minutes"),
    (HEAD_END, f"After {NUMBERS_IN_WORDS[GAP_TRIES]} good sessions"),
    (HEAD_END, f"`worker_lost`, at most {causes.rule(causes.WORKER_LOST).attempts} times"),
    (HEAD_END, f"on demand ({Priority.ON_DEMAND:d}), scheduled ({Priority.SCHEDULED:d}), gap"),
    (HEAD_END, f"gap reading ({Priority.GAP:d}), bulk ({Priority.BULK:d})"),
    (THREATS, f"more than {dlms.LARGEST_JUMP:,} ahead is not followed"),
    (THREATS, f"passwords of {SHORTEST_PASSWORD} characters"),
    (THREATS, f"{NUMBERS_IN_WORDS[settings.AXES_FAILURE_LIMIT]} failures for one user name from one address"),
    (THREATS, f"Sessions last {settings.SESSION_COOKIE_AGE // 3600} hours"),
    (THREATS, f"of keys made for single messages the last {MAX_MESSAGE_KEYS:,} are remembered"),
    (THREATS, f"after {MAX_MESSAGE_KEYS:,} newer ones"),
    (CHANGES, f"{len({made.table.class_id for made in interface_classes()})} interface classes"),
    (ACCESS, f"close that pair for {settings.AXES_COOLOFF_TIME.total_seconds() / 60:.0f} minutes"),
)


@pytest.mark.parametrize(("document", "fact"), FACTS, ids=[fact for _document, fact in FACTS])
def test_numbers_are_those_of_the_code(document: Document, fact: str) -> None:
    assert fact in " ".join(document.text.split())


def test_the_floors_are_those_of_the_import_contract() -> None:
    project = tomllib.loads((places.BASE / "pyproject.toml").read_text())
    contract = next(each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    drawn = ARCHITECTURE.blocks("")[0].splitlines()
    floors = [line.split("  ")[0] for line in drawn]
    assert [_names(floor) for floor in floors] == [_names(layer) for layer in contract["layers"]]


def test_every_process_is_described() -> None:
    processes = parse_procfile((places.BASE / "Procfile").read_text()).processes
    described = set(re.findall(r"^\| `([a-z-]+)` \|", ARCHITECTURE.text, re.MULTILINE))
    assert described == set(processes)


def test_every_kind_of_job_is_described() -> None:
    described = set(re.findall(r"^\| `([a-z_]+)` \| \S", HEAD_END.text, re.MULTILINE))
    assert described == {code for code, _name in kinds.choices()}


def test_every_benchmark_is_described() -> None:
    page = Document(places.BASE / "docs" / "reference" / "benchmarks.md")
    assert set(re.findall(r"^## `(\w+)`$", page.text, re.MULTILINE)) == set(names())


def test_the_map_of_the_protocols_names_every_module() -> None:
    folder = places.BASE / "protocols"
    shown = [line for line in (folder / "README.md").read_text().splitlines() if line.startswith("| ")]
    named = {name.strip("/").removesuffix(".py") for name in re.findall(r"`([\w./]+)`", "".join(shown))}
    outside, dlms, security, classes = (
        {module.name for module in iter_modules([str(folder / name)])}
        for name in (".", "dlms", "dlms/security", "dlms/classes")
    )
    assert (outside - {"errors"}) | dlms <= named
    assert named <= outside | dlms | security | classes


def _names(floor: str) -> list[str]:
    """The apps of one floor."""
    return re.findall(r"[a-z.]+", floor)
