"""ACCESS: reads, writes and methods in one request, answered item by item."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from protocols.dlms.conformance import Conformance
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.encoding import NULL, integer
from protocols.dlms.exchange import access, converse, request
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Entries
from protocols.dlms.services.access import LONG_INVOKE, SELF_DESCRIPTIVE, AccessRequest, AccessResponse
from protocols.dlms.services.access_items import (
    AccessAction,
    AccessGet,
    AccessItem,
    AccessKind,
    AccessOutcome,
    AccessSet,
)
from protocols.dlms.services.failure import ExceptionResponse, ServiceError
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.notebook import ACCESSES, COUNT, ECHO, RECITE, TEAR, Access, Notebook, opened, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, PROFILE, Dripping, ciphered, run

GOT, SET, DONE = AccessKind.GET, AccessKind.SET, AccessKind.ACTION
OK, ACTED = DataAccessResult.SUCCESS, ActionResult.SUCCESS
ITEMS = (
    AccessSet(page(2), text(5)),
    AccessGet(page(2)),
    AccessAction(ECHO, text(3)),
    AccessAction(COUNT),
    AccessGet(Attribute(1, Obis.parse("0-0:96.99.0"), 2)),
    AccessSet(page(3), integer(1)),
    AccessAction(TEAR),
)


@pytest.mark.parametrize("reached", ACCESSES.values(), ids=ACCESSES)
def test_every_item_has_its_outcome(reached: Callable[[], Access]) -> None:
    notebook = Notebook(4000)
    client, session = opened(reached(), notebook)
    assert converse(access(client, ITEMS), Dripping(session)) == (
        AccessOutcome(SET, OK),
        AccessOutcome(GOT, OK, text(5)),
        AccessOutcome(DONE, ACTED, text(3)),
        AccessOutcome(DONE, ACTED),
        AccessOutcome(GOT, DataAccessResult.OBJECT_UNDEFINED),
        AccessOutcome(SET, DataAccessResult.TYPE_UNMATCHED),
        AccessOutcome(DONE, ActionResult.HARDWARE_FAULT, text(3000)),
    )
    assert notebook.calls == [decode(text(3)), None, None]


def test_a_failure_breaks_the_rest_off_when_asked() -> None:
    notebook = Notebook()
    client, session = opened(ciphered(), notebook)
    writes = [AccessSet(page(2), text(5)), AccessSet(page(2), integer(1)), AccessSet(page(3), text(5))]
    items: list[AccessItem] = [*writes, AccessAction(COUNT), AccessAction(COUNT)]
    outcomes = run(access(client, items, break_on_error=True), session)
    other = DataAccessResult.OTHER_REASON
    assert [outcome.result for outcome in outcomes] == [
        OK,
        DataAccessResult.TYPE_UNMATCHED,
        other,
        ActionResult.OTHER_REASON,
        ActionResult.OTHER_REASON,
    ]
    assert (notebook.pages[2], notebook.pages[3] == text(5), notebook.calls) == (text(5), False, [])


def test_selections_go_with_reads() -> None:
    client, session = opened(ciphered(), Notebook(1024))
    profile = Attribute(7, PROFILE, 2)
    (outcome,) = run(access(client, [AccessGet(profile, Entries(1, 2))]), session)
    assert len(decode(outcome.data)) == 2  # type: ignore[arg-type]


def test_a_specification_is_repeated_when_asked() -> None:
    client, session = opened(LLS, Notebook())
    items = (AccessGet(page(2)), AccessAction(COUNT, integer(3)))
    asked = AccessRequest(items, (LONG_INVOKE & ~0x0F) | client.next_invoke() & 0x0F | SELF_DESCRIPTIVE)
    answer = run(request(client, asked), session)
    assert isinstance(answer, AccessResponse)
    assert answer.repeated == (items[0], AccessAction(COUNT))
    assert answer.invoke == asked.invoke


def test_too_long_an_answer_is_refused_by_name() -> None:
    client, session = opened(ciphered(), Notebook(200))
    assert cause_of(lambda: run(access(client, [AccessAction(RECITE)]), session)) is Cause.TOO_LARGE
    assert run(access(client, [AccessAction(COUNT)]), session) == (AccessOutcome(DONE, ACTED),)


def test_the_service_must_be_agreed_upon() -> None:
    client, session = opened(ciphered(), Notebook(), without=Conformance.ACCESS)
    assert cause_of(lambda: run(access(client, ITEMS), session)) is Cause.UNSUPPORTED
    client.receive_data(session.handle(client.send(AccessRequest(ITEMS))))
    refused = client.next_event()
    assert isinstance(refused, ExceptionResponse)
    assert refused.service_error is ServiceError.SERVICE_NOT_SUPPORTED


WRONG = AccessOutcome(SET, OK), AccessOutcome(GOT, OK), AccessOutcome(GOT, OK, NULL)


@pytest.mark.parametrize("outcomes", [(), WRONG[:1], WRONG[1:]], ids=["none", "another kind", "too many"])
def test_outcomes_that_do_not_fit_are_garbage(outcomes: tuple[AccessOutcome, ...]) -> None:
    client, _ = opened(LLS, Notebook())
    response = AccessResponse(outcomes, invoke=client.next_invoke() & 0x0F)
    frame = WrapperFraming(1, LLS_CLIENT).frame(response.encode())
    assert cause_of(lambda: converse(access(client, [AccessGet(page(2))]), lambda _: frame)) is Cause.GARBAGE


def test_the_answer_to_another_request_is_refused() -> None:
    client, _ = opened(LLS, Notebook())
    client.send(AccessRequest(ITEMS[:1], 0xC0012345))
    stray = AccessResponse((), invoke=0xC0012346)
    client.receive_data(WrapperFraming(1, LLS_CLIENT).frame(stray.encode()))
    assert cause_of(client.next_event) is Cause.UNEXPECTED


def test_all_24_bits_of_the_number_are_compared() -> None:
    client, session = opened(LLS, Notebook())
    answer = run(request(client, AccessRequest(ITEMS[:1], 0xC0ABCDEF)), session)
    assert answer == replace(AccessResponse((AccessOutcome(SET, OK),)), invoke=0xC0ABCDEF)
