"""The metering resources of the REST API."""

from metering.api.comments import ValueComments
from metering.api.editing import EditableValues
from metering.api.network import MeteringPoints, TransformerAreas
from metering.api.parties import Customers
from metering.api.series import MeasuredProperties, SeriesResource
from metering.api.values import Values

__all__ = [
    "Customers",
    "EditableValues",
    "MeasuredProperties",
    "MeteringPoints",
    "SeriesResource",
    "TransformerAreas",
    "ValueComments",
    "Values",
]
