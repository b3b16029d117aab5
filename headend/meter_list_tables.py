"""The lists of meters behind concentrators: columns, filters, and the bulk action that follows meters."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django_filters import FilterSet, filters

from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from aim.web.widgets import search_box
from headend.meter_lists import follow
from headend.models import ListedMeter
from metering.views.people import user_of

CHANGE = "headend.change_listedmeter"
SHOWN_REASONS = 3
_STATES: dict[str, State] = {
    ListedMeter.State.NEW: State("Unknown", "warn"),
    ListedMeter.State.REGISTERED: State("Registered", "ok"),
    ListedMeter.State.DIFFERS: State("Differs", "warn"),
    ListedMeter.State.LOST: State("Lost", "bad"),
}
_WORDS = {
    ListedMeter.State.NEW: "nobody knows it: it waits among the discovered devices",
    ListedMeter.State.LOST: "on file here, and not in the list",
}


def state_of(row: ListedMeter) -> State:
    """How list and file compare, as a badge."""
    return _STATES[row.state]


def words_of(row: ListedMeter) -> str:
    """What differs, in words; empty where nothing does."""
    return row.note or _WORDS.get(ListedMeter.State(row.state), "")


class ListedMeterFilter(FilterSet):
    """The filters of the meters behind one concentrator."""

    q = filters.CharFilter(method="matching", label="Search", widget=search_box("Serial number, title or address"))
    state = filters.ChoiceFilter(choices=ListedMeter.State.choices, label="State", empty_label="All")

    class Meta:
        model = ListedMeter
        fields: list[str] = []

    def matching(self, rows: QuerySet[ListedMeter], name: str, text: str) -> QuerySet[ListedMeter]:
        """By the beginning of what tells meters and concentrators apart."""
        text = text.strip()
        found = Q(name__istartswith=text) | Q(system_title__istartswith=text) | Q(gateway_address__istartswith=text)
        return rows.filter(found | Q(concentrator__serial_number__istartswith=text))


class DifferenceFilter(ListedMeterFilter):
    """The same for the list of differences, where nobody is registered."""

    state = filters.ChoiceFilter(
        choices=[choice for choice in ListedMeter.State.choices if choice[0] in ListedMeter.DIFFERENCES],
        label="State",
        empty_label="All",
    )


def _follow(request: HttpRequest, rows: QuerySet[ListedMeter]) -> str:
    chosen = rows.select_related("concentrator__utility", "device__model", "device__utility", "device__concentrator")
    moved, refused = follow(rows=list(chosen.select_related("device__master").order_by("pk")), user=user_of(request))
    if moved:
        messages.success(request, f"{moved} {'meter is' if moved == 1 else 'meters are'} on file where listed.")
    for reason in refused[:SHOWN_REASONS]:
        messages.error(request, reason)
    if len(refused) > SHOWN_REASONS:
        messages.error(request, f"{len(refused) - SHOWN_REASONS} more stay where they are.")
    return request.path


def _to_follow(rows: QuerySet[ListedMeter]) -> QuerySet[ListedMeter]:
    return rows.filter(state=ListedMeter.State.DIFFERS, device__isnull=False)


FOLLOW = BulkAction(
    "follow", "Put on file as listed", CHANGE, _follow,
    "They are read through the concentrator that lists them, at the address it lists. An address of their own goes.",
    icon="check", eligible=_to_follow, excluded="they do not differ from what is on file.",
)  # fmt: skip
_CONCENTRATOR = Column(
    "concentrator", "Concentrator", accessor="concentrator.serial_number", sort="concentrator__serial_number",
    template="headend/cells/concentrator.html",
)  # fmt: skip
_METER = Column("meter", "Meter", accessor="name", sort="name", link=True, fixed=True)
_REST = (
    Column("state", "State", accessor=state_of, sort="state"),
    Column("since", "Since", sort="since"),
    Column("note", "What differs", accessor=words_of),
    Column("address", "Address there", accessor="gateway_address", sort="gateway_address"),
    Column("registered", "Registered there", accessor="registered_at", sort="registered_at", hidden=True),
    Column("title", "System title", accessor="system_title", hidden=True),
)

DIFFERENCES = Table(
    name="differences", label="Differences", order="-since", bar=("q", "state"),
    columns=(_METER, _CONCENTRATOR, *_REST), actions=(FOLLOW,),
)  # fmt: skip
METERS = Table(
    name="listed-meters", label="Meters", order="meter", bar=("q", "state"), columns=(_METER, *_REST),
    actions=(FOLLOW,),
)  # fmt: skip
