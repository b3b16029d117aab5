"""Attribute 0: all attributes of an object read or written at once."""

import pytest

from protocols.dlms.conformance import Conformance
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL, integer, octet_string, structure
from protocols.dlms.exchange import get, get_list, put, put_list
from protocols.dlms.obis import Obis
from protocols.dlms.tags import DataAccessResult
from tests.protocols.notebook import NOTEBOOK, Notebook, opened, page, text
from tests.protocols.parties import ciphered, run

WHOLE = page(0)
MISSING = Attribute(1, Obis.parse("0-0:96.99.0"), 0)


def test_all_attributes_come_in_their_places() -> None:
    notebook = Notebook()
    notebook.pages.update({2: text(4), 6: text(300)})
    client, session = opened(ciphered(), notebook)
    value = run(get(client, WHOLE), session)
    empty = octet_string(b"")
    assert value == structure(octet_string(NOTEBOOK), text(4), empty, empty, NULL, text(300))
    assert run(get_list(client, [WHOLE, MISSING]), session) == (value, DataAccessResult.OBJECT_UNDEFINED)


def test_all_attributes_are_written_but_those_of_null_data() -> None:
    notebook = Notebook()
    client, session = opened(ciphered(), notebook)
    assert run(put(client, WHOLE, structure(NULL, text(4), NULL, text(200))), session) is DataAccessResult.SUCCESS
    assert notebook.pages == {2: text(4), 3: text(0), 4: text(200), 6: text(0)}
    more = put_list(client, [(WHOLE, structure(NULL, text(5))), (page(3), text(6))])
    assert run(more, session) == (DataAccessResult.SUCCESS,) * 2
    assert (notebook.pages[2], notebook.pages[3]) == (text(5), text(6))


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (text(4), DataAccessResult.TYPE_UNMATCHED),
        (Encoded(b"\x02\x02\x00"), DataAccessResult.TYPE_UNMATCHED),
        (structure(NULL, text(4), integer(1), text(5)), DataAccessResult.TYPE_UNMATCHED),
        (structure(text(6), text(4)), DataAccessResult.READ_WRITE_DENIED),
    ],
    ids=["no structure", "cut", "wrong type", "the name"],
)
def test_the_first_refusal_ends_it(value: Encoded, result: DataAccessResult) -> None:
    notebook = Notebook()
    client, session = opened(ciphered(), notebook)
    assert run(put(client, WHOLE, value), session) is result
    assert notebook.pages[4] == text(0)


def test_it_is_refused_when_not_agreed_upon() -> None:
    bits = Conformance.ATTRIBUTE0_WITH_GET | Conformance.ATTRIBUTE0_WITH_SET
    client, session = opened(ciphered(), Notebook(), without=bits)
    assert run(get(client, WHOLE), session) is DataAccessResult.OBJECT_UNDEFINED
    assert run(put(client, WHOLE, structure(NULL)), session) is DataAccessResult.READ_WRITE_DENIED
    assert decode(run(get(client, page(1)), session)) == NOTEBOOK  # type: ignore[arg-type]
