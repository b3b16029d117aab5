"""Reading attributes: one, in blocks when the reply is long, or many in as few requests as possible."""

from collections.abc import Sequence

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.events import Event
from protocols.dlms.exchange import short_names
from protocols.dlms.exchange.parts import parts
from protocols.dlms.exchange.request import Exchange, expect, request
from protocols.dlms.failures import refusal
from protocols.dlms.selection import Selection
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
    Result,
    decode_results,
)
from protocols.dlms.services.targets import Target, target_size
from protocols.dlms.tags import DataAccessResult
from protocols.errors import garbage

_LIST_HEAD = 6


def get(connection: ClientConnection, attribute: Attribute, selection: Selection | None = None) -> Exchange[Result]:
    """Read one attribute: its undecoded octets (see `data.decode`, `columns.decode_columns`) or the reason why not."""
    if connection.short_names is not None:
        return (yield from short_names.get(connection, connection.short_names, attribute, selection))
    event = GetRequest(attribute, selection, connection.next_invoke())
    answer = yield from request(connection, event)
    if isinstance(answer, GetResponse):
        return answer.result
    joined = yield from _rest(connection, answer)
    return joined if isinstance(joined, DataAccessResult) else Encoded(joined)


def get_list(connection: ClientConnection, targets: Sequence[Attribute | Target]) -> Exchange[tuple[Result, ...]]:
    """Read several attributes: in as few requests as fit the meter's PDU, or singly if it knows no lists."""
    pairs = [target if isinstance(target, tuple) else (target, None) for target in targets]
    if connection.short_names is not None:
        return (yield from short_names.get_list(connection, connection.short_names, pairs))
    results: list[Result] = []
    if Conformance.MULTIPLE_REFERENCES in connection.conformance:
        sizes = [target_size(attribute, selection) for attribute, selection in pairs]
        for part in parts(pairs, sizes, connection.room - _LIST_HEAD):
            results += yield from _get_part(connection, part)
    else:
        for attribute, selection in pairs:
            results.append((yield from get(connection, attribute, selection)))
    return tuple(results)


def _get_part(connection: ClientConnection, pairs: tuple[Target, ...]) -> Exchange[tuple[Result, ...]]:
    answer = yield from request(connection, GetListRequest(pairs, connection.next_invoke()))
    if isinstance(answer, GetListResponse):
        results = answer.results
    elif isinstance(answer, GetResponse):
        raise refusal(answer.result, "a list of attributes")
    else:
        joined = yield from _rest(connection, answer)
        if isinstance(joined, DataAccessResult):
            raise refusal(joined, "a list of attributes")
        results = decode_results(joined)
    if len(results) != len(pairs):
        raise garbage(f"{len(results)} results came for {len(pairs)} attributes")
    return results


def _rest(connection: ClientConnection, answer: Event) -> Exchange[bytes | DataAccessResult]:
    """All blocks of a long answer joined, or the reason why it broke off."""
    parts: list[bytes] = []
    while isinstance(answer, GetBlock):
        parts.append(answer.data)
        answer = yield from request(connection, GetNext(answer.number, answer.invoke))
    if isinstance(answer, GetResponse) and isinstance(answer.result, DataAccessResult):
        return answer.result
    last = expect(answer, LastGetBlock).data
    return last if isinstance(last, DataAccessResult) else b"".join([*parts, last])
