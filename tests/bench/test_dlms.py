"""The DLMS benchmark reports what is promised; how much it is, is not for a test."""

import pytest

from bench.dlms import decoding, holding, sessions
from bench.limits import allow_open_files
from bench.rounds import process
from protocols.dlms.columns import decode_columns


def test_decoding_reports_every_figure_of_the_promise() -> None:
    figures = {figure.figure: figure for figure in decoding.figures(1)}
    assert figures["octets of the profile"].value == 2 + 96 * 28
    assert figures["column decode"].goal == 50_000
    assert figures["general decode"].goal == 2_500
    assert all(figure.value > 0 for figure in figures.values())


def test_the_profile_means_the_same_compressed() -> None:
    plain = decoding._profile(3)
    whole, compressed = (decode_columns(each, capture_period=900) for each in (plain, decoding._compressed(plain)))
    for one, other in zip(whole.columns, compressed.columns, strict=True):
        assert one.values.tolist() == other.values.tolist()


def test_sessions_report_every_figure_of_the_promise() -> None:
    figures = {figure.figure: figure for figure in sessions.figures(1)}
    assert figures["round trips per session"].value == 8
    assert figures["octets per session"].value > 96 * 28
    assert figures["sessions against bare asyncio, per core"].goal == 0.5
    assert all(figure.value > 0 for figure in figures.values())


def test_sessions_held_open_are_counted() -> None:
    figures = {figure.figure: figure for figure in holding.figures(20)}
    assert figures["sessions open at once"].value == 20
    assert figures["resident memory with them"].goal == 300
    assert figures["resident memory with them"].bound == "at_most"


def test_too_many_open_files_are_refused_with_the_remedy() -> None:
    with pytest.raises(RuntimeError, match="ulimit"):
        allow_open_files(1 << 40)


def test_a_side_that_does_not_start_is_named() -> None:
    with pytest.raises(RuntimeError, match="-c pass ended before it was ready"), process(["-c", "pass"], ""):
        pass
