"""Pieces to a portion: series, instants, lengths and decimals settled, and everything that cannot be taken named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import Decimals, State, to_decimals
from integration.formats.portion import Kind, Portion, Problem
from integration.formats.table.channels import Draft, Drafting, Key, Refusal
from integration.formats.table.clock import Clock
from integration.formats.table.findings import Finding, tell
from integration.formats.table.lengths import UNKNOWN, Lengths
from integration.formats.table.numbers import REASONS
from integration.formats.table.order import Order
from integration.formats.table.pieces import Piece
from integration.formats.table.vocabulary import Vocabulary
from integration.formats.table.zones import DAY_S


@dataclass(frozen=True, slots=True)
class Rules:
    """What all portions of a file are settled by; clock and lengths remember.

    ends    labels name ends of intervals
    shared  a row is one of all series: a cell without a value tells nothing about the intervals of its series
    """

    headings: Sequence[str]
    drafting: Drafting
    clock: Clock
    lengths: Lengths
    ends: bool
    shared: bool


class Settling:
    """The work on one portion. Steps take values out of `piece`, `at` and `values`, which stay of one length."""

    def __init__(self, rules: Rules, piece: Piece, vocabulary: Vocabulary, problems: list[Problem]) -> None:
        self._rules = rules
        self._piece = piece
        self._problems = problems
        self._keys = vocabulary.keys()
        self._drafts = [rules.drafting.draft(Key(*texts)) for texts in vocabulary.since(0)]
        self._kinds = [draft.kind if isinstance(draft, Draft) else Kind.INSTANTANEOUS for draft in self._drafts]
        self._named = [draft.interval_s if isinstance(draft, Draft) else None for draft in self._drafts]
        self._is_consumption = np.array([kind is Kind.CONSUMPTION for kind in self._kinds], dtype=np.bool_)
        self._at = np.zeros(0, dtype=np.int64)
        self._values = np.zeros(0, dtype=np.int64)

    def portion(self, position: int, rows: int) -> Portion:
        """The portion; `position` and `rows` of the file it stands for."""
        self._refuse_series()
        self._at = self._instants()
        telling = self._telling()
        lengths = self._rules.lengths.settle(
            self._piece.series[telling], self._at[telling], self._keys, self._kinds, self._named
        )
        self._refuse_lengths(lengths)
        self._values, exponents = self._scaled()
        self._refuse_repeated(lengths)
        used, channel = np.unique(self._piece.series, return_inverse=True)
        return Portion(
            channels=tuple(self._draft(code).channel(int(lengths[code]), int(exponents[code])) for code in used),
            channel=channel.astype(np.int32),
            at=self._at,
            values=self._values,
            quality=self._piece.quality,
            status=np.zeros(len(self._at), dtype=np.uint32),
            lines=self._piece.lines,
            problems=tuple(sorted(self._problems, key=attrgetter("line"))),
            position=position,
            rows=rows,
        )

    def _refuse_series(self) -> None:
        refused = {code: draft for code, draft in enumerate(self._drafts) if isinstance(draft, Refusal)}
        mask = np.isin(self._piece.series, list(refused))
        for problem, code in self._told(Finding(mask, "")):
            refusal = refused[code]
            column = refusal.column or problem.column
            self._problems.append(
                Problem(problem.line, refusal.reason, column, refusal.text[:60], values=problem.values)
            )
        self._keep(~mask)

    def _instants(self) -> NDArray[np.int64]:
        ends = self._is_consumption[self._piece.series] & self._rules.ends
        steps = np.zeros(len(self._keys), dtype=np.int64)
        if ends.any():
            telling = self._telling()
            steps = self._rules.lengths.steps(
                self._piece.series[telling], self._piece.labels[telling], self._keys, self._named
            )
        self._at, findings = self._rules.clock.instants(self._piece, ends, steps, self._keys)
        for finding in findings:
            self._say(finding)
        self._keep(
            ~np.logical_or.reduce([finding.values for finding in findings if not finding.taken] or [~self._all()])
        )
        return self._at

    def _refuse_lengths(self, lengths: NDArray[np.int64]) -> None:
        """Without a length, or not at the start of an interval. A blank in a shared row may be so by right."""
        if self._rules.ends:
            spans = np.where(self._is_consumption, np.maximum(lengths, 0), 0)[self._piece.series]
            self._at = self._rules.clock.starts(self._at, spans)
        length = lengths[self._piece.series]
        good, in_day = self._piece.good | (not self._rules.shared), (length > 0) & (length < DAY_S)
        off = in_day & (self._at % np.maximum(length, 1) != 0)
        self._say(Finding((length == UNKNOWN) & good, "the interval length cannot be told: declare it"))
        self._say(Finding(off & good, "not at the start of an interval of its series: lengths are mixed, or shifted"))
        self._keep((length != UNKNOWN) & ~off)

    def _scaled(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Values (m,) with the decimals of the finest of their series, and the exponent (s,) of each series."""
        piece = self._piece
        finest = np.zeros(len(self._drafts), dtype=np.int64)
        np.maximum.at(finest, piece.series[piece.good], piece.decimals[piece.good])
        numbers = Decimals(piece.integers, piece.decimals, piece.states)
        self._values, states = to_decimals(numbers, np.maximum(finest[piece.series], piece.decimals))
        self._leave_out(Finding(states == State.TOO_LARGE, REASONS[State.TOO_LARGE]))
        powers = [draft.power if isinstance(draft, Draft) else 0 for draft in self._drafts]
        return self._values, np.array(powers, dtype=np.int64) - finest

    def _refuse_repeated(self, lengths: NDArray[np.int64]) -> None:
        """What its time has already, and runs of another length unless the file itself names the length."""
        order = Order(self._piece.series, self._at, self._values)
        length = lengths[self._piece.series]
        found = self._is_consumption & np.array([named is None for named in self._named], dtype=np.bool_)
        mixed = order.of_another_length(length) & found[self._piece.series] & (length > 0) & (length < DAY_S)
        again, contradicting = order.again(), order.contradicting() & ~mixed
        self._say(Finding(mixed, "further apart than the intervals of its series: lengths are mixed"))
        self._say(Finding(contradicting, "another value for the same time stands above and is taken"))
        self._keep(~(mixed | again))

    def _leave_out(self, finding: Finding) -> None:
        self._say(finding)
        self._keep(~finding.values)

    def _say(self, finding: Finding) -> None:
        self._problems += [problem for problem, _ in self._told(finding)]

    def _told(self, finding: Finding) -> list[tuple[Problem, int]]:
        return tell(finding, self._piece, self._rules.headings, self._name) if finding.values.any() else []

    def _name(self, code: int) -> str:
        draft = self._drafts[code]
        return draft.point if isinstance(draft, Draft) else draft.text

    def _draft(self, code: int) -> Draft:
        draft = self._drafts[code]
        assert isinstance(draft, Draft)
        return draft

    def _telling(self) -> NDArray[np.bool_]:
        """bool (m,): values that tell how far apart the times of their series are."""
        return self._piece.good if self._rules.shared else self._all()

    def _all(self) -> NDArray[np.bool_]:
        return np.ones(len(self._piece), dtype=np.bool_)

    def _keep(self, rows: NDArray[np.bool_]) -> None:
        if rows.all():
            return
        self._piece = self._piece.take(rows)
        self._at = self._at[rows] if len(self._at) else self._at
        self._values = self._values[rows] if len(self._values) else self._values
