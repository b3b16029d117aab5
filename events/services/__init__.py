from events.services.acknowledge import acknowledge
from events.services.examine import examine, notice_answers
from events.services.record import record_events

__all__ = ["acknowledge", "examine", "notice_answers", "record_events"]
