"""The action id: one number from the click, schedule or message down to the frame on the wire.

Bottom of the house: every app may import it, and it imports none of them.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

action_id: ContextVar[str] = ContextVar("action_id", default="")


def new_action() -> str:
    """A fresh action id: a UUID as 32 hexadecimal digits, for whatever begins a chain of work."""
    return uuid.uuid4().hex


def current_action() -> str | None:
    """The current action id; None outside any action."""
    return action_id.get() or None


@contextmanager
def bind(action: str) -> Iterator[str]:
    """Make `action` the current action id inside the `with` block, also in asyncio tasks started there."""
    token = action_id.set(action)
    try:
        yield action
    finally:
        action_id.reset(token)
