"""The reference of device descriptions explains every field a shipped file has."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aim import places
from devices.descriptions import FOLDER
from tests.docs.pages import Document

REFERENCE = Document(places.BASE / "docs" / "reference" / "device-model.md")
KEYED_BY_OWN_NAMES = {"codes", "status_bits", "alarm_bits", "identification", "attributes"}
NAMED = {"clients", "push"}
"""Objects whose entries have names of their own, and fields below."""


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.json")))
def test_every_field_is_explained(name: str) -> None:
    fields = set(_fields(json.loads((FOLDER / name).read_text())))
    assert fields - set(REFERENCE.code()) == set()


def _fields(value: Any) -> Iterator[str]:
    """The names of all fields, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key in NAMED:
                yield from _fields(list(inner.values()))
            elif key not in KEYED_BY_OWN_NAMES:
                yield from _fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner)
