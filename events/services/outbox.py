"""Sending what waits in the outbox: claimed, sent, tried again, never lost."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import repeat

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from access import audit
from access.models import User
from devices.keystore import KeyStoreError
from events.alarm import body_of, subject_of
from events.models import AlarmMessage, AlarmRule
from events.secrets import SEALED
from events.webhook import TOTAL_S, Receiver, WebhookError, post

log = logging.getLogger(__name__)

AT_ONCE = 20
MOST = 1_000
"""So many in a row; then other long duties of the scheduler have their turn."""
SIDE_BY_SIDE = 5
LEASE = timedelta(seconds=TOTAL_S * AT_ONCE)
"""Longer than sending what was claimed can take; then another process sends it, under the same key."""
TRIES = 12
FIRST_WAIT, LONGEST_WAIT, FACTOR = timedelta(seconds=10), timedelta(hours=6), 3
_State = AlarmMessage.State


def send_due() -> int:
    """Send the messages that are due, at most `MOST`; how many were sent. Any number of processes may call it."""
    sent = 0
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in range(MOST // AT_ONCE):
            messages = _claim(timezone.now())
            problems = list(pool.map(_deliver, messages, repeat(timezone.now())))
            for message, problem in zip(messages, problems, strict=True):
                _settle(message, problem, timezone.now())
            sent += problems.count("")
            if len(messages) < AT_ONCE:
                break
    return sent


def send_again(*, rule: AlarmRule, user: User) -> int:
    """Give the failed messages of a rule their tries again, under the same keys; how many. Audited."""
    with transaction.atomic():
        failed = AlarmMessage.objects.filter(rule=rule, state=_State.FAILED)
        count = failed.update(state=_State.WAITING, attempts=0, not_before=timezone.now(), ended_at=None)
        summary = f"{rule}: {count} messages"
        audit.record("alarm messages sent again", summary, user=user, utility=rule.utility, target=rule)
    return count


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: 10 s, 30 s, 90 s, … up to 6 h."""
    factor: int = FACTOR ** min(attempts - 1, TRIES)
    return min(FIRST_WAIT * factor, LONGEST_WAIT)


@transaction.atomic
def _claim(now: datetime) -> list[AlarmMessage]:
    """Lease messages: those that are due, and those whose sender died. All but tests wait while their rule is off."""
    due = Q(state__in=(_State.GATHERING, _State.WAITING), not_before__lte=now)
    to_send = Q(rule__enabled=True) | Q(content__test=True)
    rows = AlarmMessage.objects.filter(due | Q(state=_State.SENDING, lease_until__lt=now), to_send)
    free = rows.order_by("not_before", "pk").select_for_update(skip_locked=True, of=("self",))
    ids = list(free.values_list("pk", flat=True)[:AT_ONCE])
    claimed = AlarmMessage.objects.filter(pk__in=ids)
    claimed.update(state=_State.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1)
    return list(claimed.select_related("rule__utility"))


def _deliver(message: AlarmMessage, now: datetime) -> str:
    """Send one message; why it could not be sent, empty when it was. Touches no database: it runs in a thread.

    Never raises: those claimed with it must be settled, whatever is wrong with one.
    """
    try:
        if message.channel == AlarmMessage.Channel.EMAIL:
            _mail(message)
        else:
            _post(message, now)
    except (WebhookError, KeyStoreError) as error:
        return str(error)
    except OSError as error:  # SMTPException is one
        return f"The mail server did not take the message: {error}"
    except Exception as error:
        log.exception("alarm message %s could not be sent", message.key)
        return f"The message could not be made ({type(error).__name__}): the log of the scheduler says more."
    return ""


def _mail(message: AlarmMessage) -> None:
    rule = message.rule
    if not settings.EMAIL_HOST:
        raise WebhookError("No mail server is set (OPENAIM_EMAIL_HOST).")
    if not rule.emails:
        raise WebhookError("The rule names no e-mail address any more.")
    EmailMessage(
        subject=f"[OpenAIM {rule.utility}] {subject_of(message.content)}",
        body=f"{body_of(message.content, rule.utility.zone)}\n\nSent by the alarm rule {rule.name}.",
        to=rule.emails,
        headers={"Message-ID": f"<{message.key}@openaim>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=TOTAL_S),
    ).send()


def _post(message: AlarmMessage, now: datetime) -> None:
    rule = message.rule
    secret = SEALED.open(rule)
    receiver = Receiver(rule.webhook_url, secret, settings.WEBHOOK_NETWORKS, settings.WEBHOOK_AUTHORITIES)
    content = {"key": str(message.key), "rule": rule.name, "utility": rule.utility.code, **message.content}
    post(receiver, content, key=str(message.key), second=int(now.timestamp()))


def _settle(message: AlarmMessage, problem: str, now: datetime) -> None:
    """Write how sending went. A message whose lease ran out meanwhile belongs to another process."""
    held = AlarmMessage.objects.filter(pk=message.pk, state=_State.SENDING, attempts=message.attempts)
    if not problem:
        held.update(state=_State.SENT, ended_at=now, lease_until=None, problem="")
    elif message.attempts >= TRIES:
        held.update(state=_State.FAILED, ended_at=now, lease_until=None, problem=problem[:300])
    else:
        later = now + wait_after(message.attempts)
        held.update(state=_State.WAITING, not_before=later, lease_until=None, problem=problem[:300])
