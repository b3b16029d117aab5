"""Names of quality codes in files and interfaces: `measured`, `rejected`, `estimated_linear_scaled`, `final_flat`.

A name says everything the code says, so that a name read is the code written. An estimate is named by its class, its
method unless that is not known, and `scaled` where the estimates of its gap were brought to the register.
"""

from metering.quality import CLASS_SHIFT, SCALED, EstimationMethod, Quality, QualityClass, is_scaled, method_of

_ESTIMATES = (Quality.ESTIMATED, Quality.FINAL)


def class_name(code: int) -> str:
    """The name of a quality without the method of an estimate; that of its class where the code has no own."""
    if code in Quality.__members__.values():
        return Quality(code).name.lower()
    number = code >> CLASS_SHIFT
    return QualityClass(number).name.lower() if number in QualityClass.__members__.values() else "unknown"


def method_name(code: int) -> str | None:
    """How a value of this code was estimated, `like_days`; None where it is no estimate, or nobody said how."""
    method = method_of(code)
    return method.name.lower() if method else None


def full_name(code: int) -> str:
    """The whole name of a quality code."""
    parts = (class_name(code), method_name(code), "scaled" if is_scaled(code) else None)
    return "_".join(part for part in parts if part)


CODES: dict[str, int] = {
    full_name(code): code
    for code in (
        *(int(each) for each in Quality if each not in _ESTIMATES),
        *(each + method + scaled for each in _ESTIMATES for method in EstimationMethod for scaled in (0, SCALED)),
    )
}
"""Every code there is, by its whole name."""
