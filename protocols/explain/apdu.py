"""Any APDU: its tag decides who explains it."""

from functools import partial

from protocols.explain import acse, ciphered, initiate, others, services
from protocols.explain.blocks import explain_general_block
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.pieces import Explainer
from protocols.explain.words import APDUS, DED, GLO, SAID_BY_CLIENT

MAX_LAYERS = 8
"""Signed, ciphered, in blocks, in an association: real messages have four."""


def apdu_name(tag: int) -> str | None:
    """The name of the APDU that begins with this octet, None if there is none."""
    if tag in GLO:
        return f"glo-{APDUS[GLO[tag]]}"
    return f"ded-{APDUS[DED[tag]]}" if tag in DED else APDUS.get(tag)


def explain_apdu(cursor: Cursor, talk: Conversation) -> None:
    """One APDU from here to the end of the part; a node of its own."""
    since = cursor.at
    tag = cursor.number(1)
    name, explain = apdu_name(tag), _EXPLAINERS.get(tag)
    if name is None or explain is None:
        cursor.at = since
        raise Stop(f"no APDU begins with {tag:#04x}")
    if talk.depth >= MAX_LAYERS:
        raise Stop(f"more than {MAX_LAYERS} APDUs inside each other")
    talk.depth += 1
    cursor.at = since
    try:
        with cursor.group(name):
            cursor.take(1)
            cursor.leaf("tag", since, str(tag))
            explain(cursor, talk)
    finally:
        talk.depth -= 1


def _association(explain: acse.Inside, cursor: Cursor, talk: Conversation) -> None:
    size = cursor.length()
    missing = size - cursor.left
    if missing > 0:
        cursor.complain(f"cut: {missing} of {size} octets are missing")
    cursor.fenced(min(size, cursor.left), lambda inner: explain(inner, talk))


_ACSE = {0x60: acse.aarq, 0x61: acse.aare, 0x62: acse.rlrq, 0x63: acse.rlre}
_EXPLAINERS: dict[int, Explainer] = {
    1: initiate.initiate_request,
    5: others.read_request,
    6: others.write_request,
    8: initiate.initiate_response,
    12: others.read_response,
    13: others.write_response,
    14: others.service_error,
    15: others.data_notification,
    16: others.data_notification_confirm,
    22: others.write_request,
    24: others.information_report,
    192: services.get_request,
    193: services.set_request,
    194: others.event_notification,
    195: services.action_request,
    196: services.get_response,
    197: services.set_response,
    199: services.action_response,
    216: others.exception_response,
    217: others.access_request,
    218: others.access_response,
    219: partial(ciphered.explain_general, beneath=explain_apdu, dedicated=False),
    220: partial(ciphered.explain_general, beneath=explain_apdu, dedicated=True),
    221: partial(ciphered.explain_general_ciphering, beneath=explain_apdu),
    223: partial(ciphered.explain_general_signing, beneath=explain_apdu),
    224: partial(explain_general_block, whole=explain_apdu),
}
for _tag, _explain in _ACSE.items():
    _EXPLAINERS[_tag] = partial(_association, partial(_explain, inside=explain_apdu))
for _tags, _dedicated in ((GLO, False), (DED, True)):
    for _tag, _service in _tags.items():
        _EXPLAINERS[_tag] = partial(
            ciphered.explain_service_ciphered,
            beneath=explain_apdu,
            tag=_service,
            dedicated=_dedicated,
            client=_service in SAID_BY_CLIENT,
        )
