"""How long and how many the frames of a connection may be, and how both sides agree (IEC 62056-46 6.4.4.4.3.2).

SNRM proposes, UA answers, each from its sender's point of view: what one transmits the other receives. An absent value
is the default, 128 octets and a window of one frame.
"""

from dataclasses import dataclass

from protocols.errors import Cause, LocalProtocolError, garbage

DEFAULT_INFO = 128
MAX_INFO = 2030
DEFAULT_WINDOW = 1
MAX_WINDOW = 7
_HEAD = b"\x81\x80"
_INFO_SEND, _INFO_RECEIVE, _WINDOW_SEND, _WINDOW_RECEIVE = 5, 6, 7, 8


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """Octets of information in a frame and frames under way at once, in the direction from and to the one who states
    them.
    """

    info_send: int = DEFAULT_INFO
    info_receive: int = DEFAULT_INFO
    window_send: int = DEFAULT_WINDOW
    window_receive: int = DEFAULT_WINDOW

    def encode(self) -> bytes:
        """The information field of SNRM or UA."""
        group = b"".join(
            (
                _info(_INFO_SEND, self.info_send),
                _info(_INFO_RECEIVE, self.info_receive),
                bytes((_WINDOW_SEND, 4)) + self.window_send.to_bytes(4, "big"),
                bytes((_WINDOW_RECEIVE, 4)) + self.window_receive.to_bytes(4, "big"),
            )
        )
        return _HEAD + bytes((len(group),)) + group

    def agreed(self, peer: "LinkLimits") -> "LinkLimits":
        """What holds on our side: the smaller of what one side sends and the other receives."""
        return LinkLimits(
            min(self.info_send, peer.info_receive),
            min(self.info_receive, peer.info_send),
            min(self.window_send, peer.window_receive),
            min(self.window_receive, peer.window_send),
        )


DEFAULT_LIMITS = LinkLimits()


@dataclass(frozen=True, slots=True)
class HdlcSettings:
    """What one side wants of its connections.

    `limits` is proposed by a client and granted at most by a server. `server_size` and `client_size` are octets of the
    addresses a client uses: 1, 2 or 4; 0 is the shortest that fits. `retries` bounds repetitions without progress.
    `max_message` bounds one APDU with its LLC header in either direction.
    """

    limits: LinkLimits = DEFAULT_LIMITS
    server_size: int = 0
    client_size: int = 1
    retries: int = 3
    max_message: int = 0xFFFF + 3

    def __post_init__(self) -> None:
        limits = self.limits
        infos, windows = (limits.info_send, limits.info_receive), (limits.window_send, limits.window_receive)
        if not all(1 <= info <= MAX_INFO for info in infos) or not all(1 <= w <= MAX_WINDOW for w in windows):
            raise LocalProtocolError(
                Cause.INVALID_VALUE, f"HDLC allows 1 to {MAX_INFO} octets and windows of 1 to {MAX_WINDOW}: {limits}"
            )


def decode_limits(information: bytes) -> LinkLimits:
    """The limits a peer states, brought into the range of the standard; of octets that mean something else nothing.

    Values of 1, 2 or 4 octets are read. RemoteProtocolError (GARBAGE) when a length leads outside.
    """
    if information[:2] != _HEAD:
        return DEFAULT_LIMITS
    if len(information) < 3 or len(information) < 3 + information[2]:
        raise garbage("the parameters of an HDLC connection end early")
    values = _values(information[3 : 3 + information[2]])
    return LinkLimits(
        _bounded(values.get(_INFO_SEND), DEFAULT_INFO, MAX_INFO),
        _bounded(values.get(_INFO_RECEIVE), DEFAULT_INFO, MAX_INFO),
        _bounded(values.get(_WINDOW_SEND), DEFAULT_WINDOW, MAX_WINDOW),
        _bounded(values.get(_WINDOW_RECEIVE), DEFAULT_WINDOW, MAX_WINDOW),
    )


def _values(group: bytes) -> dict[int, int]:
    values: dict[int, int] = {}
    at = 0
    while at < len(group):
        end = at + 2 + (group[at + 1] if at + 1 < len(group) else len(group))
        if end > len(group):
            raise garbage(f"parameter {group[at]} of an HDLC connection leads beyond its group")
        values[group[at]] = int.from_bytes(group[at + 2 : end], "big")
        at = end
    return values


def _bounded(value: int | None, default: int, most: int) -> int:
    """A value of 0 says nothing and is read like an absent one."""
    return min(value, most) if value else default


def _info(parameter: int, size: int) -> bytes:
    width = 1 if size < 0x100 else 2
    return bytes((parameter, width)) + size.to_bytes(width, "big")
