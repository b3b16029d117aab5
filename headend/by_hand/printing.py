"""A listing of objects as text or JSON."""

from collections.abc import Iterator, Sequence

from headend.by_hand.listing import Listed, Member
from protocols.explain import class_name, obis_words


def lines_of(objects: Sequence[Listed]) -> Iterator[str]:
    """One line an object, its attributes and methods indented below, columns aligned."""
    for item in objects:
        base = f"  base name {item.base:#06x}" if item.base is not None else ""
        words = obis_words(item.obis)
        head = f"{item.obis!s:18} {words}".rstrip()
        yield f"{head:58} class {class_name(item.class_id)}, version {item.version}{base}".rstrip()
        for member in item.attributes:
            yield _member(f"{member.index:>3}", member)
        for member in item.methods:
            yield _member(f"{f'({member.index})':>5}"[-5:], member)


def as_json(objects: Sequence[Listed]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "class": item.class_id,
            "version": item.version,
            "obis": str(item.obis),
            "name": obis_words(item.obis),
            **({} if item.base is None else {"base_name": item.base}),
            "attributes": [_json(member) for member in item.attributes],
            "methods": [_json(member) for member in item.methods],
        }
        for item in objects
    ]


def _member(number: str, member: Member) -> str:
    shown = "".join(letter if letter.isprintable() else "·" for letter in member.value)
    return f"   {number:5} {member.name or '-':36} {member.rights:30} {shown}".rstrip()


def _json(member: Member) -> dict[str, object]:
    found: dict[str, object] = {"number": member.index, "name": member.name, "rights": member.rights}
    return {**found, "value": member.value} if member.value else found
