"""GET, SET and ACTION, requests and responses of all kinds (Green Book 9.3.6 to 9.3.8, 9.5)."""

from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor
from protocols.explain.data import explain_all_data, explain_data
from protocols.explain.pieces import (
    explain_attribute_selected,
    explain_block,
    explain_block_result,
    explain_data_result,
    explain_invoke,
    explain_list,
    explain_name,
    explain_result,
    kind_of,
    present,
)

_GET_REQUEST = {1: "normal", 2: "next block", 3: "with list"}
_GET_RESPONSE = {1: "normal", 2: "with data block", 3: "with list"}
_SET_REQUEST = {1: "normal", 2: "with first block", 3: "with block", 4: "with list", 5: "with list and first block"}
_SET_RESPONSE = {1: "normal", 2: "block received", 3: "last block", 4: "last block with list", 5: "with list"}
_ACTION_REQUEST = {1: "normal", 2: "next block", 3: "with list", 4: "with first block", 5: "with list and first block",
    6: "with block"}  # fmt: skip
_ACTION_RESPONSE = {1: "normal", 2: "with block", 3: "with list", 4: "block received"}


def get_request(cursor: Cursor, talk: Conversation) -> None:
    """Tag 192."""
    kind, invoke = kind_of(cursor, _GET_REQUEST), explain_invoke(cursor)
    if kind == 1:
        _ask(cursor, talk, invoke, explain_attribute_selected(cursor))
    elif kind == 2:
        cursor.field("block received", 4)
    else:
        count = explain_list(cursor, "attributes", lambda inner, _: explain_attribute_selected(inner))
        _ask(cursor, talk, invoke, f"{count} attributes")


def get_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 196."""
    kind, invoke = kind_of(cursor, _GET_RESPONSE), explain_invoke(cursor)
    question = _answered(cursor, talk, invoke)
    if kind == 1:
        explain_data_result(cursor)
    elif kind == 2:
        listed = question.endswith(" attributes")
        explain_block_result(cursor, talk, "get", _results if listed else explain_all_data)
    else:
        _results(cursor)


def set_request(cursor: Cursor, talk: Conversation) -> None:
    """Tag 193."""
    kind, invoke = kind_of(cursor, _SET_REQUEST), explain_invoke(cursor)
    if kind in (1, 2):
        _ask(cursor, talk, invoke, explain_attribute_selected(cursor))
    if kind in (4, 5):
        count = explain_list(cursor, "attributes", lambda inner, _: explain_attribute_selected(inner))
        _ask(cursor, talk, invoke, f"{count} attributes")
    if kind == 1:
        explain_data(cursor)
    elif kind == 4:
        _values(cursor)
    else:
        listed = kind == 5 or talk.asked(invoke).endswith(" attributes")
        explain_block(cursor, talk, "set", _values if listed else explain_all_data)


def set_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 197."""
    kind, invoke = kind_of(cursor, _SET_RESPONSE), explain_invoke(cursor)
    _answered(cursor, talk, invoke)
    if kind in (1, 3):
        explain_result(cursor)
    if kind in (4, 5):
        explain_list(cursor, "results", lambda inner, _: explain_result(inner, DataAccessResult))
    if kind in (2, 3, 4):
        cursor.field("block number", 4)


def action_request(cursor: Cursor, talk: Conversation) -> None:
    """Tag 195."""
    kind, invoke = kind_of(cursor, _ACTION_REQUEST), explain_invoke(cursor)
    if kind in (1, 4):
        _ask(cursor, talk, invoke, explain_name(cursor, "method"))
    if kind in (3, 5):
        count = explain_list(cursor, "methods", lambda inner, _: explain_name(inner, "method"))
        _ask(cursor, talk, invoke, f"{count} methods")
    if kind == 1 and present(cursor, "parameters"):
        explain_data(cursor)
    elif kind == 2:
        cursor.field("block received", 4)
    elif kind == 3:
        _values(cursor)
    elif kind >= 4:
        listed = talk.asked(invoke).endswith(" methods")
        explain_block(cursor, talk, "action", _values if listed else explain_all_data)


def action_response(cursor: Cursor, talk: Conversation) -> None:
    """Tag 199."""
    kind, invoke = kind_of(cursor, _ACTION_RESPONSE), explain_invoke(cursor)
    question = _answered(cursor, talk, invoke)
    if kind == 1:
        _outcome(cursor, 0)
    elif kind == 2:
        listed = question.endswith(" methods")
        explain_block(cursor, talk, "action response", _outcomes if listed else explain_all_data)
    elif kind == 3:
        _outcomes(cursor)
    else:
        cursor.field("block number", 4)


def _outcome(cursor: Cursor, number: int) -> None:
    """Action-Response-With-Optional-Data."""
    with cursor.group(f"outcome {number}" if number else "outcome"):
        explain_result(cursor, ActionResult)
        if present(cursor, "returned"):
            explain_data_result(cursor)


def _outcomes(cursor: Cursor) -> None:
    explain_list(cursor, "outcomes", _outcome)


def _results(cursor: Cursor) -> None:
    explain_list(cursor, "results", lambda inner, number: explain_data_result(inner, f"{number}: "))


def _values(cursor: Cursor) -> None:
    explain_list(cursor, "values", lambda inner, number: explain_data(inner, label=f"{number}: "))


def _ask(cursor: Cursor, talk: Conversation, invoke: int, question: str) -> None:
    talk.ask(invoke, question)
    cursor.node.meaning = question


def _answered(cursor: Cursor, talk: Conversation, invoke: int) -> str:
    """The question this answers, which also becomes the meaning of the response."""
    question = talk.asked(invoke)
    if question:
        cursor.node.meaning = f"to {question}"
    return question
