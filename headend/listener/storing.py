"""A batch of messages into the database, and what may be acknowledged after it.

One transaction holds the values, events, read marks, contacts, counters and refusals of a batch. Where it fails for
another reason than an absent database, the batch is halved until the culprit stands alone; of that one every part is
stored that can be, and it is not acknowledged.
"""

import logging
from collections.abc import Sequence

from django.db import transaction

from headend import causes
from headend.listener.contacts import note_heard
from headend.listener.counters import Counters, Verdict
from headend.listener.messages import Arrival, Read, Refused, Sorted, Unknown
from headend.listener.new_keys import activate_proven
from headend.listener.outcomes import outcome_of, rounds
from headend.listener.quarantine import note_unknown
from headend.listener.refusals import count_refusals
from headend.storing.outcome import Outcome
from headend.storing.parts import DATABASE_AWAY, store_apart, store_together
from headend.storing.texts import cleaned
from protocols.errors import Cause

log = logging.getLogger(__name__)


def store_messages(found: Sequence[Sorted]) -> set[Arrival]:
    """Store what was understood, count what was refused, remember who is unknown; returns what was taken.

    Raises OperationalError or InterfaceError when the database is away: the call may be repeated as often as needed,
    because storing the same again changes nothing.
    """
    taken = _store([each for each in found if isinstance(each, Read)])
    with transaction.atomic():
        count_refusals([each for each in found if isinstance(each, Refused)])
        note_unknown([each for each in found if isinstance(each, Unknown)])
    return taken


def _store(reads: Sequence[Read]) -> set[Arrival]:
    if not reads:
        return set()
    try:
        with transaction.atomic():
            return _store_together(reads)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.warning("a batch of %d pushes is stored in smaller parts", len(reads), exc_info=True)
        if len(reads) == 1:
            return _store_alone(reads[0])
        half = len(reads) // 2
        return _store(reads[:half]) | _store(reads[half:])


def _store_together(reads: Sequence[Read]) -> set[Arrival]:
    counters = Counters(each.counted for each in reads if each.counted is not None)
    new, taken, refused = _judged(reads, counters)
    activate_proven(new)
    for group in rounds(new):
        outcomes = store_together([cleaned(outcome_of(each)) for each in group])
        note_heard(outcomes)
        refused += _left_out(group, outcomes)
    taken |= {each.message.arrival for each in new if not each.left}
    count_refusals([*refused, *(_incomplete(each) for each in new if each.left)])
    counters.save()
    return taken


def _judged(reads: Sequence[Read], counters: Counters) -> tuple[list[Read], set[Arrival], list[Refused]]:
    """What is to be stored, copies of what was stored already, and replays.

    What could not be understood in full moves no counter: it may come again, with the same octets, when it can be.
    What is passed on once more by a broker, with newer messages stored meanwhile, is no replay of the device's.
    """
    new: list[Read] = []
    copies: set[Arrival] = set()
    replays: list[Refused] = []
    for each in reads:
        verdict = Verdict.NEW if each.counted is None else counters.judge(each.counted)
        if verdict is Verdict.NEW:
            new.append(each)
            if each.counted is not None and not each.left:
                counters.move(each.counted)
        elif verdict is Verdict.COPY or each.message.arrival.again:
            copies.add(each.message.arrival)
        elif each.counted is not None:
            last = counters.last(each.counted)
            detail = f"invocation counter {each.counted.value} is not above {last}: a replayed or stale message"
            replays.append(_refused(each, Cause.REPLAY.value, detail))
    return new, copies, replays


def _store_alone(read: Read) -> set[Arrival]:
    """Store each part for itself; what the database refuses is named and the message not acknowledged."""
    try:
        with transaction.atomic():
            outcome = store_apart(cleaned(outcome_of(read)))
            note_heard([outcome])
            count_refusals([_refused(read, outcome.trace.cause or causes.STORE_REFUSED, outcome.detail)])
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("a push of device %s could not be stored", read.sender.known.device.pk)
        count_refusals([_refused(read, causes.STORE_REFUSED, str(error))])
    return set()


def _left_out(reads: Sequence[Read], outcomes: Sequence[Outcome]) -> list[Refused]:
    """What of these messages the store refused or has no place for: it would again, so they are acknowledged."""
    pairs = zip(reads, outcomes, strict=True)
    return [_refused(read, causes.STORE_REFUSED, outcome.detail) for read, outcome in pairs if outcome.refused]


def _incomplete(read: Read) -> Refused:
    return _refused(read, causes.LAYOUT_UNKNOWN, "; ".join(read.left))


def _refused(read: Read, cause: str, detail: str) -> Refused:
    return Refused(read.message.arrival, read.sender.known.device.pk, cause, detail)
