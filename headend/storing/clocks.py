"""Corrections of clocks that sessions made: kept per device, and audited as done by the system."""

import logging
from collections.abc import Sequence

from access import audit
from devices.models import Device
from headend.clock import Correction
from headend.models import ClockCorrection
from headend.storing.outcome import Outcome, Remark

log = logging.getLogger(__name__)


def store_corrections(outcomes: Sequence[Outcome]) -> tuple[Remark, ...]:
    """Keep and audit, as done by the system, what was corrected. Storing the same outcome again changes nothing."""
    done = [(each, each.readings.correction) for each in outcomes if each.readings.correction is not None]
    if not done:
        return ()
    known = set(
        ClockCorrection.objects.filter(
            device__in=[each.item.device_id for each, _ in done], at__in=[correction.at for _, correction in done]
        ).values_list("device_id", "at")
    )
    fresh = [(each.item.device, it) for each, it in done if (each.item.device_id, it.at) not in known]
    ClockCorrection.objects.bulk_create(_row(device, correction) for device, correction in fresh)
    for utility in {device.utility for device, _ in fresh}:
        of = {device.serial_number: _told(it) for device, it in fresh if device.utility_id == utility.pk}
        audit.record("clocks corrected", f"{len(of)} by the policy of {utility}", utility=utility, details=of)
    return ()


def _row(device: Device, it: Correction) -> ClockCorrection:
    log.info("clock of %s %s: %+.1f s before, %s after", device.serial_number, it.how, it.before_s, it.after_s)
    return ClockCorrection(device=device, at=it.at, before_s=it.before_s, after_s=it.after_s, how=it.how)


def _told(it: Correction) -> dict[str, object]:
    return {"at": it.at.isoformat(), "before_s": it.before_s, "after_s": it.after_s, "how": str(it.how)}
