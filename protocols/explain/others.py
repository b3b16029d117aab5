"""Services beside GET, SET and ACTION: notifications, access, short names, refusals (Green Book 9.3, 9.5)."""

from protocols.dlms.services.failure import ConfirmedServiceError, ServiceError, StateError
from protocols.dlms.services.notification import TYPED_TIME
from protocols.dlms.tags import ActionResult
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.data import explain_data
from protocols.explain.instants import instant_words
from protocols.explain.pieces import (
    explain_instant,
    explain_list,
    explain_long_invoke,
    explain_name,
    explain_result,
    present,
)
from protocols.explain.words import number_name

_ACCESS = {1: "get", 2: "set", 3: "action", 4: "get with selection", 5: "set with selection"}


def data_notification(cursor: Cursor, talk: Conversation) -> None:
    """Tag 15: a push."""
    explain_long_invoke(cursor)
    if cursor.peek(2) == TYPED_TIME:
        cursor.field("superfluous tag", 1)
    explain_instant(cursor)
    explain_data(cursor)


def data_notification_confirm(cursor: Cursor, talk: Conversation) -> None:
    """Tag 16: the receipt of a confirmed push."""
    explain_long_invoke(cursor)
    explain_instant(cursor)


def event_notification(cursor: Cursor, talk: Conversation) -> None:
    """Tag 194: an attribute that changed."""
    if present(cursor, "sent at"):
        explain_instant(cursor)
    cursor.node.meaning = explain_name(cursor, "attribute")
    explain_data(cursor)


def information_report(cursor: Cursor, talk: Conversation) -> None:
    """Tag 24: what a meter with short names reports."""
    if present(cursor, "sent at"):
        cursor.text("sent at", lambda raw: instant_words(raw) or raw.decode("latin-1"))
    explain_list(cursor, "variables", _variable)
    explain_list(cursor, "values", lambda inner, number: explain_data(inner, label=f"{number}: "))


def exception_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 216: the server could not treat a request at all."""
    cursor.field("state error", 1, lambda value: number_name(StateError, value))
    service = cursor.field("service error", 1, lambda value: number_name(ServiceError, value))
    if service == ServiceError.INVOCATION_COUNTER_ERROR.value and cursor.left:
        cursor.field("expected counter", 4)


def service_error(cursor: Cursor, talk: Conversation) -> None:
    """Tag 14: the older form of refusal."""
    service, kind, number = cursor.peek(3) if cursor.left >= 3 else cursor.take(3)
    cursor.node.meaning = ConfirmedServiceError(service, kind, number).words
    cursor.field("service", 1)
    cursor.field("kind of error", 1)
    cursor.field("number", 1)


def access_request(cursor: Cursor, talk: Conversation) -> None:
    """Tag 217: get, set and action mixed."""
    invoke = explain_long_invoke(cursor)
    explain_instant(cursor)
    count = explain_list(cursor, "requests", _access)
    talk.ask(invoke, f"{count} requests of an access")
    explain_list(cursor, "values", lambda inner, number: explain_data(inner, label=f"{number}: "))


def access_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 218: the outcome of each."""
    explain_long_invoke(cursor)
    explain_instant(cursor)
    if present(cursor, "requests"):
        explain_list(cursor, "requests", _access)
    explain_list(cursor, "values", lambda inner, number: explain_data(inner, label=f"{number}: "))
    explain_list(cursor, "results", _access_result)


def read_request(cursor: Cursor, talk: Conversation) -> None:
    """Tag 5, with short names."""
    explain_list(cursor, "variables", _variable)


def read_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 12, with short names."""
    explain_list(cursor, "results", _read_result)


def write_request(cursor: Cursor, talk: Conversation) -> None:
    """Tags 6 and 22, with short names."""
    explain_list(cursor, "variables", _variable)
    explain_list(cursor, "values", lambda inner, number: explain_data(inner, label=f"{number}: "))


def write_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 13, with short names."""
    explain_list(cursor, "results", _write_result)


def _access(cursor: Cursor, number: int) -> None:
    with cursor.group(f"request {number}") as node:
        choice = _choice(cursor, _ACCESS)
        if choice == 3:
            node.meaning = explain_name(cursor, "method")
        elif choice in (1, 2):
            node.meaning = explain_name(cursor, "attribute")
        else:
            node.meaning = explain_name(cursor, "attribute")
            with cursor.group("selection"):
                cursor.field("selector", 1)
                explain_data(cursor)


def _access_result(cursor: Cursor, number: int) -> None:
    with cursor.group(f"result {number}"):
        choice = _choice(cursor, {1: "get", 2: "set", 3: "action"})
        if choice == 3:
            explain_result(cursor, ActionResult)
        else:
            explain_result(cursor)


_VARIABLE = {2: "variable name", 4: "parameterised access", 5: "block number", 6: "read block", 7: "write block"}


def _variable(cursor: Cursor, number: int) -> None:
    """Variable-Access-Specification."""
    with cursor.group(f"variable {number}") as node:
        choice = _choice(cursor, _VARIABLE)
        if choice in (2, 4):
            node.meaning = f"short name {cursor.field('short name', 2, _short_name):#06x}"
        if choice == 4:
            cursor.field("selector", 1)
            explain_data(cursor)
        elif choice in (6, 7):
            cursor.field("last block", 1, lambda value: "yes" if value else "no")
        if choice in (5, 6, 7):
            cursor.field("block number", 2)
        if choice == 6:
            cursor.text("octets of the block", lambda raw: f"{len(raw)} octets")


def _read_result(cursor: Cursor, number: int) -> None:
    with cursor.group(f"result {number}"):
        choice = _choice(cursor, {0: "data", 1: "no data but the reason", 2: "block", 3: "block number"})
        if choice == 0:
            explain_data(cursor)
        elif choice == 1:
            explain_result(cursor, name="reason")
        elif choice == 2:
            cursor.field("last block", 1, lambda value: "yes" if value else "no")
            cursor.field("block number", 2)
            cursor.text("octets of the block", lambda raw: f"{len(raw)} octets")
        else:
            cursor.field("block number", 2)


def _write_result(cursor: Cursor, number: int) -> None:
    with cursor.group(f"result {number}"):
        choice = _choice(cursor, {0: "success", 1: "refused", 2: "block number"})
        if choice == 1:
            explain_result(cursor, name="reason")
        elif choice == 2:
            cursor.field("block number", 2)


def _choice(cursor: Cursor, names: dict[int, str]) -> int:
    since = cursor.at
    choice = cursor.number(1)
    if choice not in names:
        cursor.at = since
        raise Stop(f"choice {choice} is not defined here")
    cursor.leaf("choice", since, names[choice])
    return choice


def _short_name(value: int) -> str:
    return f"{value:#06x}"
