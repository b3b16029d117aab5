"""Blocks and commands of IEC 62056-21 behind the sign-on: known by their characters and a block check that is right."""

from protocols.explain.cursor import Cursor
from protocols.iec62056_21.blocks import BlockBuffer, Command, Data
from protocols.iec62056_21.characters import ETX, SOH, STX

_WORDS = {"P": "password", "W": "write", "R": "read", "E": "execute", "B": "break"}
_LONGEST = 1 << 14
_ENDS = 2
"""Behind the text come ETX or EOT and the check."""


def text_block_size(cursor: Cursor) -> int:
    """How many octets the block that begins here has; 0 where there is none, or none that is whole."""
    if not cursor.left or cursor.peek()[0] & 0x7F not in (SOH, STX):
        return 0
    buffer, ahead = BlockBuffer(), cursor.peek(_LONGEST)
    buffer.receive(ahead)
    message = buffer.next_message()
    return len(message.encode()) if isinstance(message, Data | Command) else 0


def explain_text_block(cursor: Cursor, size: int) -> None:
    """A block of `size` octets: a line of its text a node."""
    buffer = BlockBuffer()
    buffer.receive(cursor.peek(size))
    message = buffer.next_message()
    assert isinstance(message, Data | Command), "its size was told by text_block_size"
    if isinstance(message, Command):
        _explain_command(cursor, size, message)
        return
    with cursor.group("IEC 62056-21 data block", "another part follows" if message.more else ""):
        cursor.take(1)
        cursor.leaf("STX", cursor.at - 1)
        for line in message.text.splitlines(keepends=True):
            since = cursor.at
            cursor.take(len(line))
            cursor.leaf("line", since, line.rstrip())
        _explain_end(cursor)


def _explain_command(cursor: Cursor, size: int, command: Command) -> None:
    """A password is told to be there, not what it is."""
    since, what = cursor.at, _WORDS.get(command.code[0], "not defined")
    shown = "(…)" if command.code in ("P1", "P2") else command.text or ""
    cursor.take(size)
    cursor.leaf("IEC 62056-21 command", since, f"{command.code} {what} {shown}".rstrip())


def _explain_end(cursor: Cursor) -> None:
    since = cursor.at
    end = cursor.take(_ENDS)[0] & 0x7F
    cursor.leaf("ETX and check" if end == ETX else "EOT and check", since, "right")
