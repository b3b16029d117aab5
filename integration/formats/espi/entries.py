"""Entries of the feed that is written. Identifications are derived from what they name, so they are the same again."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from integration.formats.espi.names import ATOM_SPACE, ESPI_SPACE
from integration.formats.espi.reading_type import ReadingType
from integration.formats.espi.resources import ELEMENT_ORDER, LocalTime, element_name
from integration.formats.portion import Channel, Letterhead

_SPACE = uuid5(NAMESPACE_URL, ESPI_SPACE)
_OPTIONAL = ("tier", "tou", "cpp")
_SERVICES = {1: 0, 2: 0, 26: 0, 7: 1, 8: 1, 9: 2, 14: 2}
_HEAT = 4
LOCAL_TIME = "LocalTimeParameters/1"
END = "</feed>\n"


def identity(*parts: object) -> UUID:
    """The identification of what these parts name."""
    return uuid5(_SPACE, "\n".join(str(part) for part in parts))


def timestamp(seconds: int) -> str:
    """An instant as Atom writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def begin(head: Letterhead) -> str:
    """The feed up to its first entry."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{ATOM_SPACE}">\n'
        f"<id>urn:uuid:{identity('feed', head.sender, head.receiver, head.title, head.made_at)}</id>\n"
        f"<title>{_text(head.title or 'Green Button')}</title>\n<updated>{timestamp(head.made_at)}</updated>\n"
        f"<author><name>{_text(head.sender)}</name></author>\n"
    )


def entry(own: str, up: str, related: tuple[str, ...], title: str, content: str, made: str) -> str:
    """An entry with its links."""
    links = [("self", own), ("up", up), *(("related", href) for href in related)]
    written = "".join(f"<link rel={quoteattr(rel)} href={quoteattr(href)}/>" for rel, href in links)
    return (
        f"<entry><id>urn:uuid:{identity(own)}</id>{written}<title>{_text(title)}</title>\n"
        f"<content>{content}</content>\n<published>{made}</published><updated>{made}</updated></entry>\n"
    )


def local_time(local: LocalTime, zone: str, made: str) -> str:
    """The entry of the local time."""
    content = (
        f'<LocalTimeParameters xmlns="{ESPI_SPACE}"><dstEndRule>{local.end_rule}</dstEndRule>'
        f"<dstOffset>{local.saving_s}</dstOffset><dstStartRule>{local.start_rule}</dstStartRule>"
        f"<tzOffset>{local.offset_s}</tzOffset></LocalTimeParameters>"
    )
    return entry(LOCAL_TIME, "LocalTimeParameters", (), zone, content, made)


def point_link(point: str) -> str:
    """The link of a usage point; its last segment is the identification of the metering point."""
    return f"UsagePoint/{quote(point, safe='')}"


def usage_point(point: str, commodity: int, made: str) -> str:
    """The entry of a usage point."""
    own, service = point_link(point), _SERVICES.get(commodity, _HEAT)
    content = f'<UsagePoint xmlns="{ESPI_SPACE}"><ServiceCategory><kind>{service}</kind></ServiceCategory></UsagePoint>'
    return entry(own, "UsagePoint", (f"{own}/MeterReading", LOCAL_TIME), point, content, made)


def type_link(kind: ReadingType) -> str:
    """The link of a reading type."""
    return f"ReadingType/{identity(kind)}"


def reading_type(kind: ReadingType, made: str) -> str:
    """The entry of a reading type, its elements in the order of the schema."""
    codes = [(field, getattr(kind, field)) for field in ELEMENT_ORDER if field != "quality"]
    written = [(element_name(field), code) for field, code in codes if code or field not in _OPTIONAL]
    content = "".join(f"<{name}>{code}</{name}>" for name, code in written)
    content = f'<ReadingType xmlns="{ESPI_SPACE}">{content}</ReadingType>'
    return entry(type_link(kind), "ReadingType", (), kind.name, content, made)


def meter_link(channel: Channel) -> str:
    """The link of the meter reading of a channel."""
    return f"{point_link(channel.point)}/MeterReading/{identity(*_parts(channel))}"


def _parts(channel: Channel) -> tuple[object, ...]:
    kind, rhythm = channel.kind.value, (channel.interval_s, channel.exponent)
    return channel.point, channel.name, channel.obis, channel.unit, kind, rhythm, channel.source


def meter_reading(channel: Channel, kind: ReadingType, made: str) -> str:
    """The entry of a meter reading."""
    own = meter_link(channel)
    related = (f"{own}/IntervalBlock", type_link(kind))
    content = f'<MeterReading xmlns="{ESPI_SPACE}"/>'
    return entry(own, f"{point_link(channel.point)}/MeterReading", related, channel.name, content, made)


def _text(text: str) -> str:
    """Escaped, without what XML has no characters for."""
    return escape("".join(letter for letter in text if letter.isprintable()))
