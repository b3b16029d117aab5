"""The list of metering points."""

from dataclasses import replace

from aim.web.tables import Column, Table
from aim.web.tones import State
from metering import panels
from metering.models import MeteringPoint

_TONES: dict[str, State] = {
    MeteringPoint.State.PLANNED: State("Planned", "info"),
    MeteringPoint.State.CONNECTED: State("Connected", "ok"),
    MeteringPoint.State.DISCONNECTED: State("Disconnected", "warn"),
    MeteringPoint.State.CLOSED: State("Closed", "muted"),
}


def state_of(point: MeteringPoint) -> State:
    """The state of a metering point as a badge."""
    return _TONES[point.state]


def short_address(point: MeteringPoint) -> str:
    """Street and city."""
    return ", ".join(part for part in (point.street, point.city) if part)


POINTS = Table(
    name="points",
    label="Metering points",
    order="gsrn",
    bar=("q", "transformer_area"),
    columns=(
        Column("gsrn", "GSRN", sort="gsrn", template="metering/cells/gsrn.html", fixed=True),
        Column("address", "Address", accessor=short_address, sort="street"),
        Column("city", "City", sort="city", hidden=True),
        Column("postcode", "Postcode", sort="postcode", hidden=True),
        Column("region", "Region", sort="region", hidden=True),
        Column("customer", "Customer", accessor="customer.name"),
        Column("customer_number", "Customer number", accessor="customer.number", hidden=True),
        Column("state", "State", accessor=state_of, sort="state", hidden=True),
        Column("transformer_area", "Area", accessor="transformer_area.code", sort="transformer_area__code"),
        Column("segment", "Segment", accessor="segment.name", sort="segment__name", hidden=True),
        Column("energy_type", "Energy", accessor="get_energy_type_display", sort="energy_type", hidden=True),
        Column("fuse", "Fuse (A)", accessor="fuse_a", sort="fuse_a", align="end", hidden=True),
    ),
)
# These come last, after what other apps add: what was measured.
_MEASURED = (
    Column(
        "yesterday", "Yesterday (kWh)", accessor="yesterday.text", export=lambda row: row.yesterday.value, align="end"
    ),
    Column("complete", "Complete", accessor="yesterday.complete", template="metering/cells/complete.html", align="end"),
)


def points_table() -> Table:
    """`POINTS` with the columns and bulk actions other apps registered. Called when all apps are ready."""
    columns = (*POINTS.columns, *panels.extensions.columns(), *_MEASURED)
    return replace(POINTS, columns=columns, actions=(*POINTS.actions, *panels.extensions.actions()))
