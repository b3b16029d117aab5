"""DataBlock-SA (Green Book 9.5): a numbered part of a long request, or of what a method returns."""

from protocols.dlms.axdr import octets, with_length
from protocols.errors import garbage


def encode_block(number: int, data: bytes, *, last: bool) -> bytes:
    """Last-block, block number, raw data."""
    return bytes((last,)) + number.to_bytes(4, "big") + with_length(data)


def decode_block(apdu: bytes, offset: int) -> tuple[bool, int, bytes]:
    """Last-block, number and data of the block that fills the APDU from `offset`."""
    raw, end = octets(apdu, offset + 5)
    if end != len(apdu):
        raise garbage(f"{len(apdu) - end} octets left over after a block")
    return bool(apdu[offset]), int.from_bytes(apdu[offset + 1 : offset + 5], "big"), raw


def decode_first_block(apdu: bytes, offset: int) -> tuple[bool, bytes]:
    """Last-block and data of the block that begins a transfer, which is number 1."""
    last, number, raw = decode_block(apdu, offset)
    if number != 1:
        raise garbage(f"a transfer in blocks begins with block {number} instead of 1")
    return last, raw
