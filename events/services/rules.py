"""Making, changing and deleting alarm rules; every change is audited, and no secret is in the trail."""

from django.db import transaction

from access import audit
from access.models import User
from events.models import AlarmRule
from events.secrets import new_secret, seal


@transaction.atomic
def save_rule(*, rule: AlarmRule, user: User) -> str:
    """Save a rule. Answers the secret of its webhook where it is new, to be shown once; else an empty text."""
    made = rule.pk is None
    secret = new_secret() if rule.webhook_url and not rule.webhook_secret else ""
    if secret:
        rule.webhook_secret = seal(secret, rule.utility_id)
    rule.save()
    _record("alarm rule made" if made else "alarm rule changed", rule, user)
    return secret


@transaction.atomic
def renew_secret(*, rule: AlarmRule, user: User) -> str:
    """Give the webhook of a rule a new secret, to be shown once; the old one signs no more."""
    secret = new_secret()
    rule.webhook_secret = seal(secret, rule.utility_id)
    rule.save(update_fields=["webhook_secret"])
    _record("webhook secret renewed", rule, user)
    return secret


@transaction.atomic
def delete_rule(*, rule: AlarmRule, user: User) -> None:
    """Delete a rule with its messages, also those not sent yet."""
    _record("alarm rule deleted", rule, user)
    rule.delete()


def _record(verb: str, rule: AlarmRule, user: User) -> None:
    details = {
        "enabled": rule.enabled, "severity_from": rule.severity_from, "categories": rule.categories,
        "kinds": rule.kinds, "area": rule.area.code if rule.area else "", "emails": rule.emails,
        "webhook": rule.webhook_url, "most_per_hour": rule.most_per_hour,
        "quiet": [str(rule.quiet_from), str(rule.quiet_to)] if rule.quiet_from else [],
    }  # fmt: skip
    audit.record(verb, str(rule), user=user, utility=rule.utility, target=rule, details=details)
