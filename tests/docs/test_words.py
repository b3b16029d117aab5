"""Documents speak of the product, not of the machine they were written on, and leave nothing open."""

import re

import pytest

from tests.docs.pages import Document, documents

MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|Users)\b")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|TBD|lorem ipsum)\b", re.IGNORECASE)
SHARED_ADDRESSES = re.compile(
    r"\b(?:127\.0\.0\.1|127\.0\.0\.0|127\.0\.0\.2|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+)\b"
)
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.)")


@pytest.mark.parametrize("document", documents(), ids=str)
def test_no_paths_of_a_machine(document: Document) -> None:
    assert not MACHINE.findall(document.text)


@pytest.mark.parametrize("document", documents(), ids=str)
def test_addresses_are_loopback_or_for_documentation(document: Document) -> None:
    """RFC 5737 sets three networks aside for documentation."""
    assert all(SHARED_ADDRESSES.fullmatch(address) for address in ADDRESS.findall(document.text))


@pytest.mark.parametrize("document", documents(), ids=str)
def test_nothing_is_left_open(document: Document) -> None:
    assert not UNFINISHED.findall(document.text)
