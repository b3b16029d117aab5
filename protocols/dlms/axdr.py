"""A-XDR lengths (IEC 61334-6): one octet below 128, else 0x80 + number of octets, then big endian."""

from protocols.errors import garbage


def encode_length(length: int) -> bytes:
    """1 octet for 0..127, 0x81 + 1, 0x82 + 2 or more above."""
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")


def decode_length(data: bytes, offset: int) -> tuple[int, int]:
    """The length at `offset` and the offset after it. RemoteProtocolError if cut or longer than four octets."""
    if offset >= len(data):
        raise garbage("data ends where a length is expected")
    first = data[offset]
    if first < 0x80:
        return first, offset + 1
    size = first & 0x7F
    end = offset + 1 + size
    if not 1 <= size <= 4 or end > len(data):
        raise garbage(f"length octet {first:#04x} is not possible here")
    return int.from_bytes(data[offset + 1 : end], "big"), end


def octets(data: bytes, offset: int) -> tuple[bytes, int]:
    """A length-prefixed octet string and the offset after it."""
    if offset < len(data) and (length := data[offset]) < 0x80:
        start = offset + 1
    else:
        length, start = decode_length(data, offset)
    end = start + length
    if end > len(data):
        raise garbage(f"{length} octets announced, {len(data) - start} left")
    return data[start:end], end


def with_length(content: bytes) -> bytes:
    """`content` with its length before it."""
    return encode_length(len(content)) + content
