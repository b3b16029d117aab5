"""How far a meter's clock is off, in words. Deviations within `NOTICE_S` are what transmission alone explains."""

from aim.web.tones import State, Tone

NOTICE_S = 10
WRONG_S = 60


def clock_state(offset_s: float | None) -> State | None:
    """The clock offset (meter minus system, seconds) as a badge; None when it was never read."""
    if offset_s is None:
        return None
    size = abs(offset_s)
    if size < 1:
        return State("exact", "ok")
    tone: Tone = "ok" if size <= NOTICE_S else "warn" if size <= WRONG_S else "bad"
    return State(f"{_span(round(size))} {'fast' if offset_s > 0 else 'slow'}", tone)


def _span(seconds: int) -> str:
    """The two largest units that are not zero."""
    hours, rest = divmod(seconds, 3600)
    parts = [(hours // 24, "d"), (hours % 24, "h"), (rest // 60, "min"), (rest % 60, "s")]
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2])
