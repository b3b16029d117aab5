"""What comes behind the sign-on of IEC 62056-21, in words; and what only looks like it."""

from protocols.explain import explain, render
from protocols.iec62056_21.blocks import Command, Data
from protocols.iec62056_21.characters import with_parity
from tests.protocols.explain.looking import complaints, meaning


def test_a_session_in_text() -> None:
    session = [
        b"/?00012345!\r\n",
        b"/OAM5EC2-03.02\r\n",
        b"\x06051\r\n",
        Command("P0", "()").encode(),
        Command("P1", "(secret77)").encode(),
        Command("R5", "1.8.0()").encode(),
        Data("1.8.0(0012.5*kWh)").encode(),
        Data("P.01(1)\r\n(2)(3)\r\n", more=True).encode(),
        Command("B0").encode(),
    ]
    tree = explain(b"".join(session))
    assert complaints(tree) == []
    assert [node.meaning for node in tree.children if node.name == "IEC 62056-21 command"] == [
        "P0 password ()",
        "P1 password (…)",
        "R5 read 1.8.0()",
        "B0 break",
    ]
    assert meaning(tree, "IEC 62056-21 option") == "speed 5, programming"
    lines = [node.meaning for node in tree.walk() if node.name == "line"]
    assert lines == ["1.8.0(0012.5*kWh)", "P.01(1)", "(2)(3)"]
    assert "secret77" not in render(tree)


def test_a_block_with_parity() -> None:
    tree = explain(with_parity(Data("1.8.0(0012.5*kWh)").encode()))
    assert complaints(tree) == []
    assert meaning(tree, "line") == "1.8.0(0012.5*kWh)"


def test_what_has_another_check_is_no_block() -> None:
    octets = Data("1.8.0(0012.5*kWh)").encode()
    tree = explain(octets[:-1] + bytes((octets[-1] ^ 1,)))
    assert "IEC 62056-21 data block" not in [node.name for node in tree.children]
