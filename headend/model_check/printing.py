"""The result of a check for people and for programs."""

from collections.abc import Iterator, Sequence

from devices.findings import Finding, Severity
from headend.model_check.comparing import Compared

_WIDEST = 46


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """One line a finding, and what to write instead below it."""
    for each in findings:
        yield f"{each.severity:8} {each.place}: {each.text}"
        if each.advice:
            yield f"{'':8} {each.advice}"


def comparison_lines(lines: Sequence[Compared]) -> Iterator[str]:
    """A table: place, file, device, verdict; what to do about it below."""
    rows = [(each.place, each.file, each.device, each.severity or "ok") for each in lines]
    head = ("place", "file", "device", "verdict")
    widths = [min(max(len(row[column]) for row in (head, *rows)), _WIDEST) for column in range(3)]
    for number, row in enumerate((head, *rows)):
        cells = [_cut(text).ljust(width) for text, width in zip(row[:3], widths, strict=True)]
        yield f"{'  '.join(cells)}  {row[3]}"
        if number and lines[number - 1].advice:
            yield f"    {lines[number - 1].advice}"


def totals(severities: Sequence[Severity | None]) -> str:
    """How many of each there are."""
    counts = [(severity, severities.count(severity)) for severity in Severity]
    found = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts if count)
    return found or "nothing found"


def as_json(findings: Sequence[Finding], lines: Sequence[Compared]) -> dict[str, object]:
    """The same for programs; `verdict` is `ok` or a severity."""
    return {
        "findings": [
            {"severity": each.severity, "place": each.place, "text": each.text, "advice": each.advice}
            for each in findings
        ],
        "device": [
            {
                "place": each.place,
                "file": each.file,
                "device": each.device,
                "verdict": each.severity or "ok",
                "advice": each.advice,
            }
            for each in lines
        ],
    }


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
