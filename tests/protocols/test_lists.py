"""Several attributes or methods at once, and values in blocks, over small PDUs, ciphered and not, octet by octet."""

from collections.abc import Callable
from functools import partial

import pytest

from protocols.dlms.conformance import Conformance
from protocols.dlms.data import decode
from protocols.dlms.encoding import integer, octet_string
from protocols.dlms.exchange import Exchange, converse, get, get_list, invoke, invoke_list, put, put_list
from protocols.dlms.exchange import access as send_items
from protocols.dlms.selection import Entries
from protocols.dlms.services.access_items import AccessSet
from protocols.dlms.services.action import ActionListResponse, ActionResponse
from protocols.dlms.services.get import GetResponse
from protocols.dlms.services.targets import Target
from protocols.dlms.services.writing import SetResponse
from protocols.dlms.services.writing_lists import SetListResponse
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.notebook import ACCESSES, COUNT, ECHO, PAGES, RECITE, TEAR, Access, Notebook, opened, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, Dripping, ciphered, run

every_access = pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
every_pdu = pytest.mark.parametrize("max_pdu", [100, 200, 1024])
SUCCESS = DataAccessResult.SUCCESS


@every_access
@every_pdu
@pytest.mark.parametrize("size", [0, 10, 60, 500, 5000])
def test_a_list_is_written_whole_or_in_blocks(access: Callable[[], Access], max_pdu: int, size: int) -> None:
    notebook = Notebook(max_pdu)
    client, session = opened(access(), notebook)
    writes = [(page(number), text(size, number)) for number in PAGES]
    assert run(put_list(client, writes), session) == (SUCCESS,) * len(PAGES)
    assert notebook.pages == {number: text(size, number) for number in PAGES}
    read = run(get_list(client, [page(number) for number in PAGES]), session)
    assert read == tuple(text(size, number) for number in PAGES)


@every_access
@pytest.mark.parametrize("size", [10, 300])
def test_refusals_in_a_list_are_data_and_keep_nothing_else_from_being_written(
    access: Callable[[], Access], size: int
) -> None:
    notebook = Notebook()
    client, session = opened(access(), notebook)
    fourth: Target = (page(4), None)
    value = text(size)
    writes = put_list(client, [(page(2), value), (page(9), value), (page(3), integer(1)), (fourth, value)])
    results = run(writes, session)
    expected = (SUCCESS, DataAccessResult.READ_WRITE_DENIED, DataAccessResult.TYPE_UNMATCHED, SUCCESS)
    assert results == expected
    assert notebook.pages == {2: text(size), 3: octet_string(b""), 4: text(size), 6: octet_string(b"")}


@every_access
@every_pdu
@pytest.mark.parametrize("size", [0, 10, 60, 500, 5000])
def test_methods_take_and_return_what_exceeds_a_pdu(access: Callable[[], Access], max_pdu: int, size: int) -> None:
    notebook = Notebook(max_pdu)
    client, session = opened(access(), notebook)
    answer = run(invoke(client, ECHO, text(size)), session)
    assert (answer.result, answer.returned) == (ActionResult.SUCCESS, text(size))
    assert notebook.calls == [decode(text(size))]


@every_access
@every_pdu
@pytest.mark.parametrize("size", [0, 10, 60, 500, 5000])
def test_a_list_of_methods_takes_and_returns_lists(access: Callable[[], Access], max_pdu: int, size: int) -> None:
    notebook = Notebook(max_pdu)
    client, session = opened(access(), notebook)
    outcomes = run(invoke_list(client, [(ECHO, text(size)), COUNT, (ECHO, text(size, 7))]), session)
    done = ActionResult.SUCCESS
    assert outcomes == ((done, text(size)), (done, None), (done, text(size, 7)))
    assert notebook.calls == [decode(text(size)), None, decode(text(size, 7))]


def test_a_part_of_an_attribute_is_not_written() -> None:
    """Alone, in blocks, in a list and by ACCESS: the rest of the attribute must not be lost."""
    client, session = opened(ciphered(), notebook := Notebook())
    part = Entries(1, 1)
    for size in (5, 400):
        assert run(put(client, page(2), text(size), part), session) is DataAccessResult.TYPE_UNMATCHED
        results = run(put_list(client, [((page(2), part), text(size)), ((page(3), None), text(size))]), session)
        assert results == (DataAccessResult.TYPE_UNMATCHED, DataAccessResult.SUCCESS)
    outcome = run(send_items(client, [AccessSet(page(2), text(5), part)]), session)
    assert [each.result for each in outcome] == [DataAccessResult.TYPE_UNMATCHED]
    assert notebook.pages[2] == octet_string(b"")
    assert notebook.pages[3] == text(400)


def test_a_method_that_fails_returns_nothing_long() -> None:
    client, session = opened(ciphered(), Notebook())
    answer = run(invoke(client, TEAR), session)
    assert (answer.result, answer.returned) == (ActionResult.HARDWARE_FAULT, None)


@every_access
def test_octet_by_octet_nothing_changes(access: Callable[[], Access]) -> None:
    notebook = Notebook(100)
    client, session = opened(access(), notebook)
    transfer = Dripping(session)
    assert converse(put_list(client, [(page(2), text(200)), (page(3), text(150))]), transfer) == (SUCCESS, SUCCESS)
    assert converse(invoke(client, ECHO, text(300)), transfer).returned == text(300)
    assert converse(get(client, page(2)), transfer) == text(200)


@pytest.mark.parametrize(
    "without",
    [
        Conformance.MULTIPLE_REFERENCES,
        Conformance.MULTIPLE_REFERENCES | Conformance.BLOCK_TRANSFER_ACTION | Conformance.BLOCK_TRANSFER_SET,
        Conformance.BLOCK_TRANSFER_ACTION | Conformance.BLOCK_TRANSFER_SET,
    ],
    ids=["no lists", "neither", "no blocks"],
)
def test_what_the_meter_cannot_do_at_once_is_done_one_by_one(without: Conformance) -> None:
    notebook = Notebook()
    client, session = opened(ciphered(), notebook, without=without)
    writes = [(page(number), text(60, number)) for number in PAGES]
    assert run(put_list(client, writes), session) == (SUCCESS,) * len(PAGES)
    outcomes = run(invoke_list(client, [(ECHO, text(60)), COUNT, (ECHO, text(60)), (ECHO, text(60))]), session)
    assert [returned for _, returned in outcomes] == [text(60), None, text(60), text(60)]
    assert len(notebook.calls) == 4


def test_what_fits_no_pdu_and_no_blocks_is_our_error() -> None:
    blocks = Conformance.BLOCK_TRANSFER_ACTION | Conformance.BLOCK_TRANSFER_SET
    client, session = opened(ciphered(), Notebook(), without=blocks)
    long = text(400)
    exchanges: list[Exchange[object]] = [
        put(client, page(2), long),
        put_list(client, [(page(2), long)]),
        invoke(client, ECHO, long),
        invoke_list(client, [(ECHO, long)]),
    ]
    causes = [cause_of(partial(run, exchange, session)) for exchange in exchanges]
    assert causes == [Cause.TOO_LARGE] * 4
    assert run(put(client, page(2), text(4)), session) is SUCCESS


def test_a_return_without_block_transfer_is_refused() -> None:
    client, session = opened(ciphered(), Notebook(), without=Conformance.BLOCK_TRANSFER_ACTION)
    answer = run(invoke(client, RECITE), session)
    assert (answer.result, answer.returned) == (ActionResult.OTHER_REASON, None)
    assert cause_of(lambda: run(invoke_list(client, [RECITE, COUNT]), session)) is Cause.REFUSED
    assert run(invoke_list(client, [COUNT, COUNT]), session) == ((ActionResult.SUCCESS, None),) * 2


@pytest.mark.parametrize(
    ("asked", "answer", "cause"),
    [
        (put_list, SetResponse(DataAccessResult.READ_WRITE_DENIED), Cause.ACCESS_DENIED),
        (put_list, SetListResponse((SUCCESS,) * 2), Cause.GARBAGE),
        (put_list, GetResponse(DataAccessResult.OTHER_REASON), Cause.UNEXPECTED),
        (invoke_list, ActionResponse(ActionResult.OBJECT_UNDEFINED), Cause.OBJECT_UNDEFINED),
        (invoke_list, ActionResponse(ActionResult.SUCCESS), Cause.GARBAGE),
        (invoke_list, ActionListResponse(()), Cause.GARBAGE),
    ],
    ids=["refused", "too many", "foreign", "refused method", "one for all", "none"],
)
def test_answers_that_do_not_fit_the_list_are_named(asked: Callable[..., object], answer: object, cause: Cause) -> None:
    client, _ = opened(LLS, Notebook())
    target = page(2) if asked is put_list else ECHO
    exchange = asked(client, [(target, text(1))])
    number = client.next_invoke()
    frame = WrapperFraming(1, LLS_CLIENT).frame(_numbered(answer, number))
    assert cause_of(lambda: converse(exchange, lambda _: frame)) is cause  # type: ignore[arg-type]


def _numbered(answer: object, number: int) -> bytes:
    octets = bytearray(answer.encode())  # type: ignore[attr-defined]
    octets[2] = number
    return bytes(octets)
