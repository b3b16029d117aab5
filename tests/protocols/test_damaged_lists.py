"""Lists, blocks and ACCESS over a damaged line: both halves end in errors of the library and work again."""

import random
from collections.abc import Callable

import pytest

from protocols.dlms.exchange import access, associate, converse, invoke, invoke_list, put_list
from protocols.dlms.server import ServerSession
from protocols.dlms.services.access_items import AccessAction, AccessGet, AccessSet
from protocols.errors import ProtocolError
from tests.protocols.notebook import ACCESSES, COUNT, ECHO, PAGES, Notebook, opened, page, text
from tests.protocols.parties import connect, run
from tests.protocols.test_fuzz import damaged

ROUNDS = 150
RARELY = 0.04
"""Share of messages that are damaged; a round has about 40."""
Transfer = Callable[[bytes], bytes]


def damaging(session: ServerSession, rng: random.Random, *, requests: bool) -> Transfer:
    """A transfer that now and then damages a request or an answer."""

    def transfer(data: bytes) -> bytes:
        if not data or rng.random() > RARELY:
            return session.handle(data)
        if requests:
            return session.handle(damaged(data, rng))
        return damaged(session.handle(data), rng)

    return transfer


@pytest.mark.parametrize("requests", [True, False], ids=["meter", "client"])
@pytest.mark.parametrize("name", ACCESSES)
def test_both_halves_survive(name: str, requests: bool) -> None:
    rng = random.Random(f"{name} {requests}")
    notebook = Notebook(150)
    ended = 0
    for number in range(ROUNDS):
        session, client = notebook.session(), connect(ACCESSES[name]())
        client.settings.counter.next_value = 1 + 1000 * (number + 1)
        transfer = damaging(session, rng, requests=requests)
        try:
            converse(associate(client), transfer)
            converse(put_list(client, [(page(index), text(60, index)) for index in PAGES]), transfer)
            converse(invoke(client, ECHO, text(300)), transfer)
            converse(invoke_list(client, [(ECHO, text(90)), COUNT]), transfer)
            converse(access(client, [AccessGet(page(2)), AccessSet(page(3), text(2)), AccessAction(COUNT)]), transfer)
        except ProtocolError as error:
            ended += 1
            assert str(error)
    assert ROUNDS // 3 < ended < ROUNDS
    access_again = ACCESSES[name]()
    access_again[1].counter.next_value = 2**31
    client, session = opened(access_again, notebook)
    assert run(invoke(client, ECHO, text(300)), session).returned == text(300)
