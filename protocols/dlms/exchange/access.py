"""Reads, writes and methods together in one request."""

from collections.abc import Sequence

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.exchange.request import Exchange, expect, request
from protocols.dlms.services.access import BREAK_ON_ERROR, LONG_CONFIRMED, AccessRequest, AccessResponse
from protocols.dlms.services.access_items import AccessItem, AccessOutcome
from protocols.errors import Cause, LocalProtocolError, garbage

_HIGH_PRIORITY = 1 << 31


def access(
    connection: ClientConnection, items: Sequence[AccessItem], *, break_on_error: bool = False, sent_at: bytes = b""
) -> Exchange[tuple[AccessOutcome, ...]]:
    """Do all items in their order, one outcome for each; with `break_on_error` those after a failure are not done.

    LocalProtocolError: UNSUPPORTED if the meter did not agree to the service, TOO_LARGE for too many items.
    """
    if not connection.conformance & Conformance.ACCESS:
        raise LocalProtocolError(Cause.UNSUPPORTED, "the meter does not offer the access service")
    flags = _HIGH_PRIORITY | LONG_CONFIRMED | (BREAK_ON_ERROR if break_on_error else 0)
    event = AccessRequest(tuple(items), flags | (connection.next_invoke() & 0x0F), sent_at)
    answer = expect((yield from request(connection, event)), AccessResponse)
    if [outcome.kind for outcome in answer.outcomes] != [item.kind for item in items]:
        raise garbage(f"{len(answer.outcomes)} outcomes came for {len(items)} items, or of other kinds")
    return answer.outcomes
