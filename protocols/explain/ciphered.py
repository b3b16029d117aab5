"""Ciphered APDUs: what stands in clear, then what is beneath, or what is missing to see it (Green Book 9.2.7, 9.5)."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from protocols.dlms.keys import TITLE_SIZE
from protocols.dlms.security.diagnosis import BROADCAST, COMPRESSED, TAG_SIZE
from protocols.explain.context import Conversation
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.decipher import Opened, Sealed, Verdict, opened
from protocols.explain.pieces import Explainer, explain_instant, present
from protocols.explain.words import APDUS, title_name

_SUITES = {0: "suite 0 (AES-GCM-128)", 1: "suite 1 (AES-GCM-128, P-256)", 2: "suite 2 (AES-GCM-256, P-384)"}
_AUTHENTICATED, _ENCRYPTED = 0x10, 0x20
_KEY_IDS = {0: "global unicast encryption key", 1: "global broadcast encryption key"}
_CONTENT_KEY = "content key of the message"


@dataclass(frozen=True, slots=True)
class Lock:
    """What is needed to open a message: the key with its name, and who may have sent it.

    `carried` is the title the frame names, `tag` the only service that may be inside.
    """

    key: bytes
    key_name: str
    titles: tuple[bytes, ...]
    carried: bytes = b""
    tag: int | None = None
    context: bytes = b""


def explain_service_ciphered(
    cursor: Cursor, talk: Conversation, beneath: Explainer, *, tag: int, dedicated: bool, client: bool
) -> None:
    """glo- or ded- and one service, whose title is known from elsewhere."""
    lock = Lock(*_named_key(talk, dedicated), tuple(talk.titles(client=client)), tag=tag)
    _sealed_part(cursor, talk, beneath, lock)


def explain_general(cursor: Cursor, talk: Conversation, beneath: Explainer, *, dedicated: bool) -> None:
    """general-glo-ciphering (219) and general-ded-ciphering (220)."""
    title = cursor.text("system title", title_name)
    lock = Lock(*_named_key(talk, dedicated), _titles(talk, title), title)
    _sealed_part(cursor, talk, beneath, lock)


def explain_general_ciphering(cursor: Cursor, talk: Conversation, beneath: Explainer) -> None:
    """general-ciphering (221), with the key named, wrapped or agreed."""
    since = cursor.at
    title = _general_head(cursor)
    context = cursor.octets[since : cursor.at]
    key, name = _key_info(cursor, talk)
    _sealed_part(cursor, talk, beneath, Lock(key, name, _titles(talk, title), title, context=context))


def explain_general_signing(cursor: Cursor, talk: Conversation, beneath: Explainer) -> None:
    """general-signing (223): the content, plain or ciphered, and the signature."""
    _general_head(cursor)
    cursor.part("content", cursor.length(), lambda inner: beneath(inner, talk))
    cursor.text("signature", lambda raw: f"{len(raw)} octets, not verified: that takes the public key of the sender")


def _general_head(cursor: Cursor) -> bytes:
    """The fields both general forms begin with; the title of the originator."""
    cursor.text("transaction id")
    title = cursor.text("originator system title", title_name)
    cursor.text("recipient system title", title_name)
    explain_instant(cursor, "date and time")
    cursor.text("other information")
    return title


def _key_info(cursor: Cursor, talk: Conversation) -> tuple[bytes, str]:
    if not present(cursor, "key information"):
        return talk.keys.encryption, "key"
    with cursor.group("key information") as node:
        choice = cursor.field("choice", 1, lambda value: {0: "identified", 1: "wrapped", 2: "agreed"}.get(value, "?"))
        if choice == 0:
            cursor.field("key", 1, lambda value: _KEY_IDS.get(value, f"{value}: not defined"))
            return talk.keys.encryption, "key"
        if choice == 1:
            cursor.field("wrapped with", 1, lambda value: "master key (KEK)" if value == 0 else f"{value}: not defined")
            wrapped = cursor.text("wrapped key", lambda raw: f"{len(raw)} octets")
            key, node.meaning = _unwrapped(wrapped, talk.keys.kek)
            return key, _CONTENT_KEY
        if choice == 2:
            cursor.text("key parameters")
            cursor.text("key ciphered data", lambda raw: f"{len(raw)} octets")
            node.meaning = "a key agreed with ECDH: it cannot be derived without a private key"
            return b"", _CONTENT_KEY
    raise Stop(f"key information {choice} is not defined")


def _unwrapped(wrapped: bytes, kek: bytes) -> tuple[bytes, str]:
    """The key of RFC 3394 and what to say about it."""
    if not kek:
        return b"", "the master key (kek) is needed to unwrap it"
    try:
        return aes_key_unwrap(kek, wrapped), "unwrapped with the master key"
    except (InvalidUnwrap, ValueError):
        return b"", "does not unwrap: the master key (kek) is not the one it was wrapped with"


def _named_key(talk: Conversation, dedicated: bool) -> tuple[bytes, str]:
    return (talk.dedicated, "dedicated-key") if dedicated else (talk.keys.encryption, "key")


def _titles(talk: Conversation, carried: bytes) -> tuple[bytes, ...]:
    """The title the frame carries, then those known otherwise: one of them may show that the frame lies."""
    known = (*talk.titles(client=False), *talk.titles(client=True))
    return tuple(dict.fromkeys((carried, *known) if carried else known))


def _sealed_part(cursor: Cursor, talk: Conversation, beneath: Explainer, lock: Lock) -> None:
    size = cursor.length()
    cursor.part("protected", size, lambda inner: _protected(inner, talk, beneath, lock), f"{size} octets")


def _protected(cursor: Cursor, talk: Conversation, beneath: Explainer, lock: Lock) -> None:
    """SC, IC, content, tag; then the plaintext."""
    control = cursor.field("security control", 1, _control_words)
    since = cursor.at
    counter = cursor.take(4)
    cursor.leaf("invocation counter", since, f"{int.from_bytes(counter, 'big')}")
    tagged = TAG_SIZE if control & _AUTHENTICATED else 0
    if cursor.left < tagged:
        raise Stop(f"an authentication tag of {TAG_SIZE} octets is expected, {cursor.left} are left")
    since = cursor.at
    content = cursor.take(cursor.left - tagged)
    cursor.leaf("ciphertext" if control & _ENCRYPTED else "plaintext", since, f"{len(content)} octets")
    since = cursor.at
    tag = cursor.take(tagged)
    if tagged:
        cursor.leaf("authentication tag", since, f"{TAG_SIZE} octets")
    _beneath(cursor, talk, beneath, lock, Sealed(control, counter, content, tag, lock.context))


def _beneath(cursor: Cursor, talk: Conversation, beneath: Explainer, lock: Lock, sealed: Sealed) -> None:
    found = _opened(talk, lock, sealed)
    if found is None or (found.verdict is Verdict.WRONG_KEY and sealed.control & _ENCRYPTED):
        why = _hindrance(lock, sealed) if found is None else _wrong_key(talk, lock, sealed)
        cursor.complain(why, "not deciphered" if sealed.control & _ENCRYPTED else "not checked")
        if sealed.control & _ENCRYPTED:
            return
    elif found.verdict is Verdict.WRONG_TAG:
        cursor.complain(found.verdict.value, "wrong tag")
    elif found.title != lock.carried and lock.carried:
        cursor.complain(f"deciphers with {title_name(found.title)}, not with the title in the frame", "wrong title")
    plain = found.plain if found else sealed.content
    meaning = found.verdict.value if found and found.verdict is not Verdict.WRONG_TAG else ""
    name = "deciphered" if sealed.control & _ENCRYPTED else "content"
    if sealed.control & COMPRESSED:
        cursor.complain("compressed (ITU-T V.44): not expanded", name)
        return
    if lock.tag is not None and plain[:1] != bytes((lock.tag,)):
        cursor.complain(f"inside is not a {APDUS[lock.tag]}, which the outer tag announces", "wrong service")
    cursor.layer(name, plain, "deciphered", lambda inner: beneath(inner, talk), meaning)


def _opened(talk: Conversation, lock: Lock, sealed: Sealed) -> Opened | None:
    return opened(sealed, lock.key, talk.keys.authentication, lock.titles)


def _hindrance(lock: Lock, sealed: Sealed) -> str:
    """What is missing to open the message."""
    if lock.key and len(lock.key) not in (16, 32):
        return f"a key has 16 or 32 octets, the {lock.key_name} given has {len(lock.key)}"
    missing = []
    if not lock.key:
        missing.append(f"the {lock.key_name}" if lock.key_name == _CONTENT_KEY else f"the key (--{lock.key_name})")
    if not any(len(title) == TITLE_SIZE for title in lock.titles):
        missing.append("the system title of the sender (--title)")
    what = "decipher" if sealed.control & _ENCRYPTED else "check the tag"
    return f"to {what}, {' and '.join(missing)} must be known"


def _wrong_key(talk: Conversation, lock: Lock, sealed: Sealed) -> str:
    """Look for the mistakes people make: keys swapped, the other of two keys."""
    keys = talk.keys
    swapped = opened(sealed, keys.authentication, lock.key, lock.titles)
    if swapped is not None and swapped.verdict is Verdict.AUTHENTIC:
        return "encryption key and authentication key are swapped"
    other = keys.encryption if lock.key != keys.encryption else talk.dedicated
    unlike = opened(sealed, other, keys.authentication, lock.titles)
    if unlike is not None and unlike.verdict is Verdict.AUTHENTIC:
        return "ciphered with the other key: global and dedicated key are mixed up"
    if lock.carried:
        return "does not decipher to an APDU: wrong encryption key (the frame names its system title itself)"
    return Verdict.WRONG_KEY.value


def _control_words(control: int) -> str:
    words = [_SUITES.get(control & 0x0F, f"suite {control & 0x0F}: not defined")]
    words += ["authenticated"] if control & _AUTHENTICATED else []
    words += ["encrypted"] if control & _ENCRYPTED else []
    words += ["broadcast key"] if control & BROADCAST else []
    words += ["compressed"] if control & COMPRESSED else []
    return ", ".join(words)
