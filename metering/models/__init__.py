from metering.models.comment import ValueComment
from metering.models.network import MeteringPoint, TransformerArea
from metering.models.parties import Contract, Customer, Party
from metering.models.series import MeasuredProperty, Series

__all__ = [
    "Contract",
    "Customer",
    "MeasuredProperty",
    "MeteringPoint",
    "Party",
    "Series",
    "TransformerArea",
    "ValueComment",
]
