"""What several services have in common: names, results, selections, invoke ids and blocks."""

from collections.abc import Callable
from enum import Enum

from protocols.dlms.obis import Obis
from protocols.dlms.tags import DataAccessResult
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.data import Plain, explain_data
from protocols.explain.instants import instant_words
from protocols.explain.obis_words import named
from protocols.explain.words import class_name, member_name, number_name

_SELECTORS = {1: "by range", 2: "by entry"}
Explainer = Callable[[Cursor, Conversation], None]


def kind_of(cursor: Cursor, kinds: dict[int, str]) -> int:
    """The octet that tells the variants of a service apart."""
    at = cursor.at
    kind = cursor.number(1)
    if kind not in kinds:
        cursor.at = at
        raise Stop(f"variant {kind} of this service is not defined")
    cursor.leaf("variant", at, kinds[kind])
    return kind


def explain_invoke(cursor: Cursor) -> int:
    """Invoke-Id-And-Priority: one octet."""
    since = cursor.at
    value = cursor.number(1)
    service = "confirmed" if value & 0x40 else "unconfirmed"
    cursor.leaf("invoke id", since, f"{value & 0x0F}, {service}, {'high' if value & 0x80 else 'normal'} priority")
    return value


def explain_long_invoke(cursor: Cursor) -> int:
    """Long-Invoke-Id-And-Priority: four octets (Green Book 9.5)."""
    since = cursor.at
    value = cursor.number(4)
    words = [str(value & 0xFFFFFF), "confirmed" if value & 0x40000000 else "unconfirmed"]
    words += ["self-descriptive"] if value & 0x10000000 else []
    words += ["break on error"] if value & 0x20000000 else []
    words.append("high priority" if value & 0x80000000 else "normal priority")
    cursor.leaf("long invoke id", since, ", ".join(words))
    return value


def explain_name(cursor: Cursor, what: str) -> str:
    """A descriptor of an attribute or method (`what`): class, logical name, number; in words."""
    with cursor.group(what) as node:
        class_id = cursor.field("class", 2, class_name)
        since = cursor.at
        name = Obis(cursor.take(6))
        cursor.leaf("logical name", since, named(name))
        since = cursor.at
        index = int.from_bytes(cursor.take(1), "big", signed=True)
        number = f"{index} {member_name(class_id, index, what)}".rstrip()
        cursor.leaf("number", since, number)
        node.meaning = f"{named(name)} {what} {number}"
    return node.meaning


def explain_attribute_selected(cursor: Cursor) -> str:
    """An attribute, and the selection where there is one."""
    words = explain_name(cursor, "attribute")
    explain_selection(cursor)
    return words


def explain_selection(cursor: Cursor) -> None:
    """Access-Selection-Parameters OPTIONAL."""
    if present(cursor, "selection"):
        with cursor.group("selection"):
            cursor.field("selector", 1, lambda value: f"{value} {_SELECTORS.get(value, '')}".rstrip())
            explain_data(cursor)


def present(cursor: Cursor, what: str) -> bool:
    """The octet before an optional field."""
    since = cursor.at
    there = bool(cursor.number(1))
    if not there:
        cursor.leaf(what, since, "none")
    return there


def explain_result(cursor: Cursor, what: type[Enum] = DataAccessResult, name: str = "result") -> None:
    """One octet of DataAccessResult or ActionResult."""
    cursor.field(name, 1, lambda value: number_name(what, value))


def explain_data_result(cursor: Cursor, label: str = "") -> Plain:
    """Get-Data-Result: data, or the reason why not."""
    since = cursor.at
    choice = cursor.number(1)
    if choice == 0:
        cursor.leaf(f"{label}choice", since, "data")
        return explain_data(cursor, label=label)
    if choice != 1:
        cursor.at = since
        raise Stop(f"{choice} is neither data (0) nor a reason (1)")
    cursor.leaf(f"{label}choice", since, "no data but the reason")
    explain_result(cursor, name=f"{label}reason")
    return None


def explain_list(cursor: Cursor, what: str, each: Callable[[Cursor, int], object]) -> int:
    """SEQUENCE OF: a count and so many of what `each` explains; the count from 1 is given to it."""
    with cursor.group(what) as node:
        count = cursor.length()
        node.meaning = str(count)
        if count > cursor.left:
            raise Stop(f"{count} are announced in {cursor.left} octets")
        for number in range(1, count + 1):
            each(cursor, number)
    return count


def explain_instant(cursor: Cursor, name: str = "sent at") -> None:
    """An OCTET STRING that is empty or holds a date-time."""
    cursor.text(name, lambda raw: instant_words(raw) or raw.hex(" ").upper())


def explain_block(cursor: Cursor, talk: Conversation, key: str, whole: Callable[[Cursor], None]) -> None:
    """DataBlock-SA: last, number, raw octets; the whole is explained below its last block."""
    last, number = _block_head(cursor)
    gather(cursor, talk, key, whole, last, number)


def explain_block_result(cursor: Cursor, talk: Conversation, key: str, whole: Callable[[Cursor], None]) -> None:
    """DataBlock-G: like DataBlock-SA, but a reason may stand in the place of the octets."""
    last, number = _block_head(cursor)
    since = cursor.at
    if cursor.number(1):
        cursor.leaf("choice", since, "broken off, with the reason")
        explain_result(cursor, name="reason")
        talk.forget(key)
        return
    cursor.leaf("choice", since, "octets")
    gather(cursor, talk, key, whole, last, number)


def gather(
    cursor: Cursor, talk: Conversation, key: object, whole: Callable[[Cursor], None], last: bool, number: int
) -> None:
    """The octets of one block; after the last one all together."""
    first = number <= 1
    if first:
        talk.forget(key)
    begun = first or talk.begun(key)
    raw = cursor.text("octets of the block", lambda octets: f"{len(octets)} octets")
    joined = talk.piece(key, raw, last=last)
    if not begun and last:
        cursor.complain("the blocks before this one are not among these frames: their content cannot be shown")
    elif joined:
        cursor.layer("all blocks", joined, "joined", whole, f"{len(joined)} octets")


def _block_head(cursor: Cursor) -> tuple[bool, int]:
    last = cursor.field("last block", 1, lambda value: "yes" if value else "no")
    return bool(last), cursor.field("block number", 4)
