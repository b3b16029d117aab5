"""The value store: numpy in, numpy out, many series at once. See docs/explanation/value-store.md."""

from metering.store.batch import NO_VALUE, VALUE_LIMIT, Batch, Placement, place
from metering.store.counting import Completeness, completeness
from metering.store.gaps import missing
from metering.store.ledger import lock_series
from metering.store.matrix import Gaps, Matrix, Summaries, ValueVersion
from metering.store.outcome import Counts, Origin, Refusal
from metering.store.partitions import ensure_ahead, ensure_partitions
from metering.store.plan import weigh
from metering.store.reader import read, read_begun
from metering.store.received import last_received
from metering.store.refine import Refined, RefineError, hold_exponents, on_refined, refine
from metering.store.register_plan import weigh_registers
from metering.store.register_writer import write_registers
from metering.store.registers import RegisterBatch, Registers, read_registers, register_history
from metering.store.registry import Registry, Stored, on_stored
from metering.store.restore import restore
from metering.store.snapshot import snapshot
from metering.store.states import history
from metering.store.summaries import full_days, present, summaries
from metering.store.undo import undo
from metering.store.writer import substitute, write

from metering.store.derivation.again import Span, change_rules, rederive  # isort: skip  (registers with on_stored)
from metering.store.derivation.periods import PeriodConsumption, period_consumption  # isort: skip

__all__ = [
    "NO_VALUE",
    "VALUE_LIMIT",
    "Batch",
    "Completeness",
    "Counts",
    "Gaps",
    "Matrix",
    "Origin",
    "PeriodConsumption",
    "Placement",
    "RefineError",
    "Refined",
    "Refusal",
    "RegisterBatch",
    "Registers",
    "Registry",
    "Span",
    "Stored",
    "Summaries",
    "ValueVersion",
    "change_rules",
    "completeness",
    "ensure_ahead",
    "ensure_partitions",
    "full_days",
    "history",
    "hold_exponents",
    "last_received",
    "lock_series",
    "missing",
    "on_refined",
    "on_stored",
    "period_consumption",
    "place",
    "present",
    "read",
    "read_begun",
    "read_registers",
    "rederive",
    "refine",
    "register_history",
    "restore",
    "snapshot",
    "substitute",
    "summaries",
    "undo",
    "weigh",
    "weigh_registers",
    "write",
    "write_registers",
]
