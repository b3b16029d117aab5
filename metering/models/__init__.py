from metering.models.comment import ValueComment
from metering.models.network import MeteringPoint, TransformerArea
from metering.models.parties import Contract, Customer, Party
from metering.models.registers import BoundaryStand, Multiplier
from metering.models.retention import ArchivedMonth, ArchiveFile, RetentionClass
from metering.models.series import MeasuredProperty, Series
from metering.models.sql_reader import SqlReader

__all__ = [
    "ArchiveFile",
    "ArchivedMonth",
    "BoundaryStand",
    "Contract",
    "Customer",
    "MeasuredProperty",
    "MeteringPoint",
    "Multiplier",
    "Party",
    "RetentionClass",
    "Series",
    "SqlReader",
    "TransformerArea",
    "ValueComment",
]
