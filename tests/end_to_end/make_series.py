"""A program that makes series to write to: `python -m tests.end_to_end.make_series COUNT` prints their ids."""

import sys

import django

django.setup()

from access.models import Utility  # noqa: E402
from metering.models import MeasuredProperty, MeteringPoint, Series  # noqa: E402


def main(count: int) -> None:
    utility = Utility.objects.create(code="store", name="Store")
    point = MeteringPoint.objects.create(utility=utility, gsrn="640000000000000009")
    energy = MeasuredProperty.objects.get_or_create(obis="1-0:1.29.0", unit="Wh", defaults={"name": "Energy"})[0]
    for number in range(count):
        row = Series.objects.create(
            metering_point=point, measured_property=energy, kind="consumption", interval_s=900, source=str(number)
        )
        sys.stdout.write(f"{row.pk}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
