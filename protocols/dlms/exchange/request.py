"""One request and its answer as a generator, which yields octets to send and is sent the octets received."""

from collections.abc import Callable, Generator
from typing import TypeVar

from protocols.dlms.apdu import FAILURES, NOTIFICATIONS, Notification
from protocols.dlms.connection import ClientConnection
from protocols.dlms.events import Event, NeedData
from protocols.dlms.failures import failure_error
from protocols.errors import Cause, RemoteProtocolError

T = TypeVar("T")
Exchange = Generator[bytes, bytes, T]


def request(connection: ClientConnection, event: Event) -> Exchange[Event]:
    """Send one event and give the next one that is not a notification; those wait in `connection.notifications`.

    RemoteProtocolError for a refusal of the whole APDU, with the cause it names.
    """
    received = yield connection.send(event)
    while True:
        if not received:
            raise cut(name_of(event))
        connection.receive_data(received)
        while not isinstance(answer := connection.next_event(), NeedData):
            if isinstance(answer, FAILURES):
                raise failure_error(answer, f"{name_of(event)} was refused")
            if not isinstance(answer, NOTIFICATIONS):
                return answer
            connection.notifications.append(answer)
        received = yield connection.outgoing()


def notifications(connection: ClientConnection) -> Exchange[list[Notification]]:
    """What the meter has sent on its own, since the last call and between requests; waits while there is nothing."""
    while not connection.notifications:
        received = yield connection.outgoing()
        if not received:
            raise cut("a notification")
        connection.receive_data(received)
        keep_notifications(connection)
    waiting = list(connection.notifications)
    connection.notifications.clear()
    return waiting


def keep_notifications(connection: ClientConnection) -> None:
    """Put what has been received aside while no request is under way. RemoteProtocolError (UNEXPECTED) for answers."""
    while not isinstance(event := connection.next_event(), NeedData):
        if not isinstance(event, NOTIFICATIONS):
            raise unexpected(event)
        connection.notifications.append(event)


def converse(exchange: Exchange[T], transfer: Callable[[bytes], bytes]) -> T:
    """Run an exchange over a function that takes octets and gives the octets that came back, b"" for end of line."""
    try:
        data = next(exchange)
        while True:
            data = exchange.send(transfer(data))
    except StopIteration as stop:
        result: T = stop.value
        return result


def cut(awaited: str) -> RemoteProtocolError:
    """The error for a line that ended too early."""
    return RemoteProtocolError(Cause.CONNECTION_CUT, f"the line ended while waiting for the answer to {awaited}")


def unexpected(answer: Event) -> RemoteProtocolError:
    """The error for an answer that no request of this kind has."""
    return RemoteProtocolError(Cause.UNEXPECTED, f"{name_of(answer)} is no answer to what was asked")


def expect(answer: Event, kind: type[T]) -> T:
    """The answer, if it is of this kind. RemoteProtocolError (UNEXPECTED) otherwise."""
    if not isinstance(answer, kind):
        raise unexpected(answer)
    return answer


def name_of(event: Event) -> str:
    """The event's name in messages for people."""
    return type(event).__name__
