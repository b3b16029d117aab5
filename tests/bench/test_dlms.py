"""The DLMS benchmark reports what is promised; how much it is, is not for a test."""

from bench import dlms
from protocols.dlms.columns import decode_columns


def test_decoding_reports_every_figure_of_the_promise() -> None:
    figures = {figure.figure: figure for figure in dlms.decoding(1)}
    assert figures["octets of the profile"].value == 2 + 96 * 28
    assert figures["column decode"].goal == 50_000
    assert figures["general decode"].goal == 2_500
    assert all(figure.value > 0 for figure in figures.values())


def test_the_profile_means_the_same_compressed() -> None:
    plain = dlms._profile(3)
    whole, compressed = (decode_columns(each, capture_period=900) for each in (plain, dlms._compressed(plain)))
    for one, other in zip(whole.columns, compressed.columns, strict=True):
        assert one.values.tolist() == other.values.tolist()
