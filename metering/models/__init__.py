from metering.models.comment import ValueComment
from metering.models.network import MeteringPoint, TransformerArea
from metering.models.parties import Contract, Customer, Party
from metering.models.registers import BoundaryStand, Multiplier
from metering.models.series import MeasuredProperty, Series

__all__ = [
    "BoundaryStand",
    "Contract",
    "Customer",
    "MeasuredProperty",
    "MeteringPoint",
    "Multiplier",
    "Party",
    "Series",
    "TransformerArea",
    "ValueComment",
]
