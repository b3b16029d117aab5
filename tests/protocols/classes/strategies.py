"""Values for hypothesis, made from the types of the tables themselves."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from protocols.dlms.classes.access import ConformanceBits
from protocols.dlms.classes.clocks import Moment
from protocols.dlms.classes.codes import Enumeration, FlagNumber, Flags
from protocols.dlms.classes.shapes import Array, Choice, Nullable, Struct
from protocols.dlms.classes.spec import Spec
from protocols.dlms.classes.specs import Anything, Boolean, Number, Real, Trigger
from protocols.dlms.classes.strings import Bits, LogicalName, Octets, Text
from protocols.dlms.classes.units import ScalerUnitSpec
from protocols.dlms.conformance import Conformance
from protocols.dlms.data import DONT_CARE, FIXED, BitString, Value
from protocols.dlms.obis import Obis
from protocols.dlms.units import ScalerUnit

Strategy = st.SearchStrategy[Any]
OCTET = st.integers(0, 255)
LATIN = st.text(st.characters(max_codepoint=255), max_size=12)
BITS = st.text("01", max_size=40)


def _number(spec: Number) -> Strategy:
    bits = 8 * FIXED[spec.tag].size
    signed = FIXED[spec.tag].format[-1].islower()
    return st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else st.integers(0, (1 << bits) - 1)


def _struct(spec: Struct[Any]) -> Strategy:
    return st.tuples(*(values(of) for _, of in spec.fields)).map(lambda fields: spec.record(*fields))


_MAKERS: dict[type, Callable[[Any], Strategy]] = {
    Number: _number,
    Real: lambda _: st.floats(width=32, allow_nan=False),
    Boolean: lambda _: st.booleans(),
    Octets: lambda _: st.binary(max_size=20),
    LogicalName: lambda _: st.binary(min_size=6, max_size=6).map(Obis),
    Text: lambda _: LATIN,
    Bits: lambda _: BITS,
    Enumeration: lambda spec: OCTET.map(spec.kind),
    Flags: lambda spec: st.integers(0, (1 << spec.size) - 1).map(spec.kind),
    FlagNumber: lambda spec: OCTET.map(spec.kind),
    Trigger: lambda _: st.none(),
    Anything: lambda _: st.one_of(st.none(), st.booleans(), st.binary(max_size=8), LATIN),
    Array: lambda spec: st.lists(values(spec.of), max_size=3).map(tuple),
    Struct: _struct,
    Choice: lambda spec: st.one_of(*map(values, spec.options)),
    Nullable: lambda spec: st.one_of(st.none(), values(spec.of)),
    Moment: lambda spec: st.binary(min_size=spec.size, max_size=spec.size).map(spec.read),
    ConformanceBits: lambda _: st.integers(0, (1 << 24) - 1).map(Conformance),
    ScalerUnitSpec: lambda _: st.builds(ScalerUnit, st.integers(-128, 127), OCTET),
}


def values(spec: Spec[Any]) -> Strategy:
    """Typed values that a spec can send and gets back the same."""
    return _MAKERS[type(spec)](spec)


ANY_VALUE: st.SearchStrategy[Value] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(1 << 63), (1 << 64) - 1),
        st.floats(),
        st.binary(max_size=14),
        LATIN,
        BITS.map(BitString),
        st.just(DONT_CARE),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=6).map(tuple),
    max_leaves=12,
)
"""Whatever a decoder may hand over."""
