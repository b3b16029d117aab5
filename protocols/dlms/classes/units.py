"""The scaler and unit of a register as a type of attribute."""

from protocols.dlms.classes.spec import Spec
from protocols.dlms.data import Encoded, Value
from protocols.dlms.units import ScalerUnit, scaler_unit


class ScalerUnitSpec(Spec[ScalerUnit]):
    """scal_unit_type: {integer scaler, enum unit}."""

    name = "structure {scaler, unit}"

    def decode(self, value: Value) -> ScalerUnit:
        """See `Spec.decode`."""
        return scaler_unit(value)

    def encode(self, value: ScalerUnit) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, ScalerUnit):
            raise self.refused(value)
        return value.encode()


SCALER_UNIT = ScalerUnitSpec()
