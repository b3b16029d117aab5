from events.services.record import record_events

__all__ = ["record_events"]
