"""Mode D: a meter sends its data unasked, on a button or every so often; there is no request and no check.

/XXX3text          identification; D always goes with 2,400 baud
(empty line)
1.8.0(...)         data sets
!
"""

import re
from dataclasses import dataclass

from protocols.errors import Cause, RemoteProtocolError
from protocols.iec62056_21.characters import END, strip_parity
from protocols.iec62056_21.data_sets import END_OF_DATA, DataSet, decode_data_sets, encode_read_out
from protocols.iec62056_21.messages import Identification, decode_identification

RATE = 2400
MAX_READ_OUT = 1 << 16


@dataclass(frozen=True, slots=True)
class ReadOut:
    """Who spoke, and what it said."""

    identification: Identification
    data: tuple[DataSet, ...]

    def encode(self) -> bytes:
        """The whole message as a meter sends it."""
        return self.identification.encode() + END + encode_read_out(self.data).encode("ascii")


class Listener:
    """Cuts what comes in unasked into read-outs. What stands before a `/` is dropped."""

    __slots__ = ("_characters",)

    def __init__(self) -> None:
        self._characters = bytearray()

    def receive_data(self, data: bytes) -> None:
        """Take octets. RemoteProtocolError (TOO_LARGE) for a read-out beyond `MAX_READ_OUT` characters."""
        self._characters += strip_parity(data)
        if len(self._characters) > MAX_READ_OUT:
            self._characters.clear()
            raise RemoteProtocolError(Cause.TOO_LARGE, f"a read-out of more than {MAX_READ_OUT} characters")

    def next_read_out(self) -> ReadOut | None:
        """The next read-out, None when none is complete; one that is damaged is dropped.

        RemoteProtocolError (GARBAGE) says what is wrong with that one; ask again for those behind it.
        """
        text = self._next_text()
        if text is None:
            return None
        head, _, body = text.partition("\r\n")
        identification = decode_identification(head.encode("ascii"))
        return None if identification is None else ReadOut(identification, decode_data_sets(body))

    def _next_text(self) -> str | None:
        """From the next identification up to the end of the data; requests on the same line are passed over."""
        begin = _BEGIN.search(self._characters)
        del self._characters[: begin.start() if begin else len(self._characters)]
        end = self._characters.find(_ENDING)
        if end < 0:
            return None
        text = self._characters[: end + len(END)].decode("ascii")
        del self._characters[: end + len(_ENDING)]
        return text


_BEGIN = re.compile(rb"/(?!\?)")
_ENDING = END + END_OF_DATA.encode("ascii") + END
