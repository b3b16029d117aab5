"""Readings of the mobile network are kept for a while."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from headend.models import NetworkReading

AT_ONCE, STEPS_AT_ONCE = 5_000, 20


def drop_old_networks() -> int:
    """Drop readings older than `NETWORK_DAYS`; how many, at most `AT_ONCE` times `STEPS_AT_ONCE` a call."""
    old = NetworkReading.objects.filter(at__lt=timezone.now() - timedelta(days=settings.NETWORK_DAYS)).order_by("at")
    dropped = 0
    for _ in range(STEPS_AT_ONCE):
        keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
        if keys:
            dropped += NetworkReading.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < AT_ONCE:
            break
    return dropped
