"""Octets without a type of their own: instants, names, texts."""

from protocols.dlms.obis import Obis
from protocols.explain.instants import instant_words
from protocols.explain.obis_words import named


def octets_words(raw: bytes) -> str:
    """Octets as what they look like: instant, OBIS code, text; else as they are."""
    if not raw:
        return "empty"
    if instant := instant_words(raw):
        return instant
    if len(raw) == 6 and raw[0] < 16 and raw[5] in (*range(101), 255) and not raw.isalnum():
        return named(Obis(raw))
    if all(0x20 <= octet < 0x7F for octet in raw):
        return f'"{raw.decode("ascii")}"'
    return raw.hex(" ").upper() if len(raw) <= 16 else f"{len(raw)} octets"
