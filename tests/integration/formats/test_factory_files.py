"""Factory files: CSV and XML give the same devices; nothing in one may take the machine, or leave a clear key lying."""

from __future__ import annotations

import base64
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from hypothesis import given
from hypothesis import strategies as st

from aim import places
from devices.key_checks import check_value
from integration.formats.factory import ClearKeyError, FactoryLine, is_factory_file, read_factory_file
from integration.formats.portion import Severity

WRAPPED = bytes(range(24))
HEX, B64 = WRAPPED.hex().upper(), base64.b64encode(WRAPPED).decode()
CLEAR = bytes(range(16)).hex()
HEAD = "serial_number;model;system_title;transport_key;key:encryption;check:encryption"


def csv(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def xml(*devices: str, root: str = '<factoryFile transportKey="T1">') -> bytes:
    return f"<?xml version='1.0'?>\n{root}\n{''.join(devices)}</factoryFile>".encode()


def device(*elements: str, serial: str = "A1") -> str:
    return f"<device><serialNumber>{serial}</serialNumber>{''.join(elements)}</device>\n"


def key(text: str, kind: str = "encryption", more: str = "") -> str:
    return f'<key kind="{kind}"{more}>{text}</key>'


def read(octets: bytes) -> list[FactoryLine]:
    return list(read_factory_file(io.BytesIO(octets)))


def errors(octets: bytes) -> list[tuple[int, str, str]]:
    problems = (problem for line in read(octets) for problem in line.problems)
    return [(p.line, p.column, p.reason) for p in problems if p.severity is Severity.ERROR]


@pytest.mark.parametrize("text", [HEX, HEX.lower(), B64, f" {HEX[:24]} {HEX[24:]} "])
@pytest.mark.parametrize("is_xml", [False, True])
def test_both_forms_give_the_same_device(text: str, is_xml: bool) -> None:
    wrapped_key = key(text, more=" check='abcdef'")
    elements = f"<model>aim-sm3</model><systemTitle>41494D0000000001</systemTitle>{wrapped_key}"
    octets = xml(device(elements)) if is_xml else csv(HEAD, f"A1;aim-sm3;41494D0000000001;T1;{text};abcdef")
    (line,) = read(octets)
    assert line.cells == {"serial_number": "A1", "model": "aim-sm3", "system_title": "41494D0000000001"}
    wrapped = line.keys["encryption"]
    assert (wrapped.octets, wrapped.transport, wrapped.check) == (WRAPPED, "T1", "ABCDEF")
    assert not line.problems


def test_lines_are_those_the_devices_begin_in() -> None:
    assert [line.line for line in read(csv(HEAD, "A1;;;;;", "A2;;;;;"))] == [2, 3]
    assert [line.line for line in read(xml(*(device(serial=f"A{n}") for n in range(70_000))))][-1] == 70_002


def test_the_nearest_transport_key_counts() -> None:
    own = key(HEX, "master", " transportKey='T3'")
    devices = device(key(HEX)), f"<device transportKey='T2'>{key(HEX)}{own}</device>"
    first, second = read(xml(*devices))
    assert first.keys["encryption"].transport == "T1"
    assert (second.keys["encryption"].transport, second.keys["master"].transport) == ("T2", "T3")


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (csv(HEAD, f"A1;;;;{HEX};"), (2, "key:encryption", "no transport key is named")),
        (csv(HEAD, "A1;;;T1;00112233;"), (2, "key:encryption", "no wrapped key")),
        (csv(HEAD, f"A1;;;T1;{HEX};12"), (2, "key:encryption", "check digits are 6 to 10")),
        (csv(HEAD, f"A1;;;T1;{'ab' * 2000};"), (2, "key:encryption", "no wrapped key")),
        (csv("serial_number;key:gas", "A1;x"), (1, "key:gas", "no such kind of key")),
        (csv("serial_number;serial_number", "A1;A2"), (1, "serial_number", "stands more than once")),
        (xml(device(key(HEX, "gas"))), (3, "key:gas", "no such kind of key")),
        (xml(device(key(HEX), key(HEX))), (3, "key:encryption", "stands twice")),
        (xml(device("<serialNumber>B</serialNumber>")), (3, "serialNumber", "stands twice")),
        (xml(device(key("?"))), (3, "key:encryption", "no wrapped key")),
        (b"<feed/>", (1, "", "not a factory file: the first element is 'feed'")),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(octets: bytes, problem: tuple[int, str, str]) -> None:
    (line, column, reason), *others = errors(octets)
    assert (line, column) == problem[:2] and problem[2] in reason and not others


@pytest.mark.parametrize(
    "octets",
    [
        csv(HEAD, f"A1;;;T1;{CLEAR};"),
        csv(HEAD, f"A1;;;;{CLEAR * 2};"),
        csv("serial_number;remark", f"A1;{CLEAR}"),
        csv("serial_number;GUEK", f"A1;0x{CLEAR}"),
        csv("serial_number;transport_key;key:password", "A1;T1;12345678"),
        csv("serial_number;transport_key;key:password", "A1;T1;geheim!"),
        xml(device(key(CLEAR))),
        xml(device(key(CLEAR, "gas"))),
        xml(device(f"<remark>{CLEAR}</remark>")),
        xml(device(key(base64.b64encode(bytes(32)).decode()))),
    ],
)
def test_a_clear_key_ends_the_reading_and_is_not_told(octets: bytes) -> None:
    with pytest.raises(ClearKeyError) as refused:
        read(octets)
    told = f"{refused.value!r} {refused.value}"
    assert CLEAR not in told and "12345678" not in told and "geheim" not in told


def test_wrapped_octets_do_not_show_in_the_text_of_a_line() -> None:
    (line,) = read(csv(HEAD, f"A1;;;T1;{HEX};"))
    assert HEX not in f"{line!r}".upper() and repr(WRAPPED) not in repr(line)


def test_a_truncated_file_gives_what_came_before_and_says_where_it_breaks_off() -> None:
    octets = xml(device(serial="A1"), device(serial="A2"))
    whole, *rest = read(octets[: octets.index(b"A2") + 1])
    assert whole.cells["serial_number"] == "A1"
    assert [(p.line, p.reason[:25]) for line in rest for p in line.problems] == [(4, "the file breaks off here,")]


BOMBS = {
    "laughs": b'<!DOCTYPE f [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><factoryFile>&b;</factoryFile>',
    "external": b'<!DOCTYPE f SYSTEM "file:///etc/passwd"><factoryFile/>',
    "late": b"<!-- x -->\n<!doctype f><factoryFile/>",
    "undeclared": b"<factoryFile><device><model>&xxe;</model></device></factoryFile>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_entities_and_document_types_are_refused(name: str) -> None:
    lines = read(BOMBS[name])
    assert [p.severity for line in lines for p in line.problems] == [Severity.ERROR]
    assert not any(line.cells for line in lines)


def test_long_files_and_endless_tags_cost_no_memory() -> None:
    def measured(octets: bytes) -> int:
        stream = io.BytesIO(octets)
        tracemalloc.start()
        for _ in read_factory_file(stream):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    many = xml(*(device(key(HEX), serial=f"A{n}") for n in range(20_000)))
    assert measured(many) < 4_000_000
    endless = b"<factoryFile><device a='" + b"x" * 8_000_000
    assert measured(endless) < 16_000_000
    assert "a tag of more than" in errors(endless)[0][2]
    text = xml(device(f"<model>{'x' * 3_000_000}</model>"))
    assert len(read(text)[0].cells["model"]) < 100_000


def test_it_is_recognised_by_its_root_or_its_headings() -> None:
    assert is_factory_file(csv("Serial Number,Key: encryption"), "a.csv")
    assert is_factory_file(b"<?xml version='1.0'?><f:factoryFile xmlns:f='urn:x'>", "a.xml")
    assert not is_factory_file(csv("Serial number;Model"), "a.csv")
    assert not is_factory_file(b"<feed>", "a.xml")


def damaged() -> Iterator[bytes]:
    yield csv(HEAD, f"A1;aim-sm3;41494D0000000001;T1;{HEX};ABCDEF")
    yield xml(device(key(HEX), key(B64, "master")))


@given(st.data())
def test_no_damage_ends_in_anything_but_lines_with_problems(data: st.DataObject) -> None:
    octets = bytearray(data.draw(st.sampled_from(list(damaged()))))
    for _ in range(data.draw(st.integers(0, 8))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        lines = read(bytes(octets))
    except ClearKeyError:
        return
    assert all(isinstance(line, FactoryLine) for line in lines)


def test_the_examples_of_the_reference_are_read_and_open() -> None:
    text = (places.BASE / "docs/reference/factory-files.md").read_text()
    for example in text.split("```\n")[1::2]:
        (line,) = read(example.encode())
        assert line.cells["serial_number"] == "AIM00000001" and not line.problems
        opened = aes_key_unwrap(bytes(range(16)), line.keys["encryption"].octets)
        assert opened == bytes.fromhex("00112233445566778899AABBCCDDEEFF")
        assert check_value(opened) == line.keys["encryption"].check
