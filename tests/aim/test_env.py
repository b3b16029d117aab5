"""Declared settings: what they take, what they refuse, and how that is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aim import places
from aim.env import Env


def test_given_values_are_read() -> None:
    env = Env({"A_FLAG": "Yes", "A_NUMBER": " 7 ", "A_LIST": "a, b,,c", "A_URL": "redis://host:1/2", "A_PATH": "/x/y"})
    assert env.flag("A_FLAG", False, "") is True
    assert env.integer("A_NUMBER", 1, "", minimum=0, maximum=9) == 7
    assert env.words("A_LIST", [], "") == ["a", "b", "c"]
    assert env.url("A_URL", "", schemes=["redis"], shown="") == "redis://host:1/2"
    assert env.path("A_PATH", Path("/z"), "", shown="") == Path("/x/y")
    assert env.problems == []


def test_absent_and_empty_values_are_the_default() -> None:
    env = Env({"EMPTY": "  "})
    assert env.text("EMPTY", "default", "") == "default"
    assert env.integer("ABSENT", 5, "", minimum=0, maximum=9) == 5
    assert env.problems == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("ten", "N: 'ten' is not a whole number"),
        ("1.5", "N: '1.5' is not a whole number"),
        ("10", "N: 10 is outside 0–9"),
        ("-1", "N: -1 is outside 0–9"),
    ],
)
def test_a_bad_number_is_named_and_replaced_by_the_default(given: str, problem: str) -> None:
    env = Env({"N": given})
    assert env.integer("N", 5, "", minimum=0, maximum=9) == 5
    assert env.problems == [problem]


def test_bad_flags_choices_and_addresses_are_named() -> None:
    env = Env({"F": "maybe", "C": "red", "U": "mysql://host/name", "P": "redis://host:port"})
    assert env.flag("F", True, "") is True
    assert env.choice("C", "blue", "", choices=["blue", "green"]) == "blue"
    assert env.url("U", "", schemes=["postgresql", "postgres"], shown="") == ""
    assert env.url("P", "", schemes=["redis"], shown="") == ""
    assert [problem.split(":")[0] for problem in env.problems] == ["F", "C", "U", "P"]


def test_processes_without_checks_end_with_every_problem_named() -> None:
    env = Env({"F": "maybe", "N": "x"})
    env.flag("F", True, "")
    env.integer("N", 5, "", minimum=0, maximum=9)
    with pytest.raises(SystemExit, match=r"F: .*; N: "):
        env.stop_on_problems()


def test_the_system_check_names_bad_values() -> None:
    bad = {"PORT": "99999", "OPENAIM_LOG_FORMAT": "xml"}
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=places.BASE, env={**os.environ, **bad}, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "aim.E001" in ended.stderr
    assert "PORT: 99999 is outside 1–65535" in ended.stderr
    assert "OPENAIM_LOG_FORMAT: 'xml' is not one of console, json" in ended.stderr


def test_networks_are_addresses_or_ranges() -> None:
    env = Env({"N": "10.0.0.7, 192.0.2.0/24, ::1", "BAD": "10.0.0.0/33"})
    assert [str(network) for network in env.networks("N", [], "")] == ["10.0.0.7/32", "192.0.2.0/24", "::1/128"]
    assert [str(network) for network in env.networks("BAD", ["127.0.0.0/8"], "")] == ["127.0.0.0/8"]
    assert env.problems == [
        "BAD: not an address or network: '10.0.0.0/33' does not appear to be an IPv4 or IPv6 network"
    ]
