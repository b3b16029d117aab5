"""The metering resources of the REST API."""

from metering.api.network import MeteringPoints, TransformerAreas
from metering.api.parties import Customers
from metering.api.series import MeasuredProperties, SeriesResource
from metering.api.values import SeriesValues, Values

__all__ = [
    "Customers",
    "MeasuredProperties",
    "MeteringPoints",
    "SeriesResource",
    "SeriesValues",
    "TransformerAreas",
    "Values",
]
