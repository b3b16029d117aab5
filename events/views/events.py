"""The list of events."""

from django.db.models import QuerySet

from aim.web.empty import EmptyState
from aim.web.lists import TableView
from events.filters import EventFilter
from events.models import Event
from events.tables import EVENTS


class EventList(TableView):
    """What devices logged or reported, the latest first."""

    permission_required = "events.view_event"
    model = Event
    table = EVENTS
    filterset_class = EventFilter
    title = "Events"
    empty = EmptyState(
        "nothing", "No events yet", "They appear when the event logs of the first devices have been read."
    )

    def get_queryset(self) -> QuerySet[Event]:
        rows: QuerySet[Event] = super().get_queryset().select_related("device", "metering_point", "acknowledged_by")
        return rows
