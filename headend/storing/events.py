"""Log entries into the event table, mapped to the catalogue by the description of the device's model."""

from collections.abc import Iterator, Sequence

from events.services import record_events
from events.services.record import Reported
from headend.storing.outcome import Outcome


def store_events(outcomes: Sequence[Outcome]) -> None:
    """Record the entries of every log that was read."""
    record_events(list(_reported(outcomes)))


def _reported(outcomes: Sequence[Outcome]) -> Iterator[Reported]:
    for outcome in outcomes:
        known = outcome.known
        for log in outcome.readings.logs if known else ():
            assert known is not None
            described = known.description.event_log(log.stretch.obis)
            for entry in log.entries:
                yield Reported(
                    device_id=known.device.pk,
                    metering_point_id=known.metering_point_id,
                    log=str(log.stretch.obis),
                    at=entry.at,
                    code=entry.code,
                    ordinal=entry.ordinal,
                    kind=described.catalogue_key(entry.code) if described else "unknown",
                    details=entry.details,
                )
