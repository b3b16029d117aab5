"""Making, changing and deleting alarm rules; every change is audited, and no secret is in the trail."""

from django.db import transaction

from access import audit
from access.models import User
from events.models import AlarmRule
from events.secrets import SEALED, new_secret


@transaction.atomic
def save_rule(*, rule: AlarmRule, user: User) -> str:
    """Save a rule. Answers the secret of its webhook where it is new, to be shown once; else an empty text."""
    made = rule.pk is None
    rule.save()
    secret = _give_secret(rule) if rule.webhook_url and not rule.webhook_secret else ""
    _record("alarm rule made" if made else "alarm rule changed", rule, user)
    return secret


@transaction.atomic
def renew_secret(*, rule: AlarmRule, user: User) -> str:
    """Give the webhook of a rule a new secret, to be shown once; the old one signs no more."""
    secret = _give_secret(rule)
    _record("webhook secret renewed", rule, user)
    return secret


@transaction.atomic
def delete_rule(*, rule: AlarmRule, user: User) -> None:
    """Delete a rule with its messages, also those not sent yet."""
    _record("alarm rule deleted", rule, user)
    rule.delete()


def _give_secret(rule: AlarmRule) -> str:
    """A fresh secret of a saved rule, kept sealed: it is bound to the row."""
    secret = new_secret()
    SEALED.put(rule, secret.encode())
    rule.save(update_fields=SEALED.fields)
    return secret


def _record(verb: str, rule: AlarmRule, user: User) -> None:
    details = {
        "enabled": rule.enabled, "severity_from": rule.severity_from, "categories": rule.categories,
        "kinds": rule.kinds, "area": rule.area.code if rule.area else "",
        "group": rule.group.name if rule.group else "", "emails": rule.emails,
        "webhook": rule.webhook_url, "most_per_hour": rule.most_per_hour,
        "quiet": [str(rule.quiet_from), str(rule.quiet_to)] if rule.quiet_from else [],
    }  # fmt: skip
    audit.record(verb, str(rule), user=user, utility=rule.utility, target=rule, details=details)
