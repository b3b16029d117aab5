"""The reference of DLMS: services, conformance, mechanisms, suites and results, as the protocol library has them."""

from collections.abc import Iterator

from aim.reference.markdown import table
from protocols.dlms.acse import Context
from protocols.dlms.apdu import decoded_tags
from protocols.dlms.conformance import SUPPORTED, SUPPORTED_SN, Conformance
from protocols.dlms.suites import Suite
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism, Tag
from protocols.explain.words import APDUS, DED, GLO

HEAD = """# DLMS in numbers

What OpenAIM speaks of DLMS/COSEM, in the numbers of the standard. How far each of it goes, and what proves it, says
[DLMS/COSEM](dlms.md). This page is written by `manage.py reference` from `protocols/dlms`.
"""
OFFERED_WHEN_ASKED = Conformance.GENERAL_BLOCK_TRANSFER
CARRIERS = {
    0x60: "association", 0x61: "association", 0x62: "association", 0x63: "association", 1: "association",
    8: "association", 219: "protection", 220: "protection", 221: "protection", 223: "protection",
    224: "block transfer",
}  # fmt: skip
"""APDUs that are no services: who reads them."""


def page() -> str:
    """The page in Markdown."""
    sections = (
        ("Application contexts", ("number", "context", "names", "ciphered"), _contexts()),
        ("Authentication mechanisms", ("number", "mechanism"), _mechanisms()),
        ("Security suites", ("number", "keys", "curve", "hash"), _suites()),
        ("APDUs", ("tag", "APDU", "read as", "glo-", "ded-"), _apdus()),
        ("Conformance", ("bit", "service", "logical names", "short names"), _conformance()),
        ("Data types", ("tag", "type"), ((f"{tag:d}", tag.name.lower().replace("_", "-")) for tag in Tag)),
        ("Results of access", ("number", "data access", "action"), _results()),
    )
    return HEAD + "".join(f"\n## {title}\n\n{table(head, rows)}" for title, head, rows in sections)


def _contexts() -> Iterator[tuple[str, ...]]:
    for context in Context:
        names = "short" if context.short_names else "logical"
        yield str(context.value), f"`{context.name}`", names, "yes" if context.ciphered else "no"


def _mechanisms() -> Iterator[tuple[str, ...]]:
    for mechanism in Mechanism:
        yield f"{mechanism:d}", f"`{mechanism.name}`"


def _suites() -> Iterator[tuple[str, ...]]:
    for suite in Suite:
        curve = suite.curve if suite is not Suite.AES_128 else None
        keys = f"AES-GCM, {8 * suite.key_size} bits"
        yield f"{suite:d}", keys, curve.curve.name if curve else "none", curve.digest.name if curve else "none"


def _apdus() -> Iterator[tuple[str, ...]]:
    services = decoded_tags()
    glo, ded = ({service: tag for tag, service in ciphered.items()} for ciphered in (GLO, DED))
    for tag, name in sorted(APDUS.items()):
        read_as = "service" if tag in services else CARRIERS[tag]
        yield str(tag), name, read_as, _ciphered(glo.get(tag)), _ciphered(ded.get(tag))


def _ciphered(tag: int | None) -> str:
    return "" if tag is None else str(tag)


def _conformance() -> Iterator[tuple[str, ...]]:
    for bit in sorted(Conformance, reverse=True):
        number = 23 - (bit.value.bit_length() - 1)
        yield str(number), _plain(str(bit.name)), _offer(bit, SUPPORTED), _offer(bit, SUPPORTED_SN)


def _offer(bit: Conformance, offered: Conformance) -> str:
    if bit in offered:
        return "offered"
    return "offered where settings ask for it" if bit in OFFERED_WHEN_ASKED else "no"


def _results() -> Iterator[tuple[str, ...]]:
    actions = {result.value: _plain(result.name) for result in ActionResult}
    for result in DataAccessResult:
        yield str(result.value), _plain(result.name), actions.get(result.value, "")


def _plain(name: str) -> str:
    return name.lower().replace("_", " ")
