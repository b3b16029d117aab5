"""Mobile networks: GPRS modem setup, GSM diagnostic, LTE monitoring (Blue Book 4.7.8 to 4.7.10).

NB-IoT and LTE-M are told by the same classes: `PacketStatus` 7 and 8, and the parameters of class 151.
"""

from typing import NamedTuple

from protocols.dlms.classes.clocks import TYPED_DATE_TIME
from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    LONG_UNSIGNED,
    OCTETS,
    TEXT,
    DoubleLongUnsigned,
    Integer,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute


class GprsQuality(NamedTuple):
    """qos_element of GPRS, classes of 3GPP TS 23.107."""

    precedence: Unsigned
    delay: Unsigned
    reliability: Unsigned
    peak_throughput: Unsigned
    mean_throughput: Unsigned


class GprsQualities(NamedTuple):
    """Quality of service by default and as requested."""

    default: GprsQuality
    requested: GprsQuality


class GprsModemSetup(InterfaceClass, class_id=45, title="GPRS modem setup"):
    apn = attribute(2, OCTETS, writable=True)
    pin_code = attribute(3, LONG_UNSIGNED, writable=True)
    quality_of_service = attribute(4, GprsQualities, writable=True)


class NetworkStatus(Code):
    """Registration in the mobile network."""

    NOT_REGISTERED = 0
    REGISTERED_HOME = 1
    SEARCHING = 2
    DENIED = 3
    UNKNOWN = 4
    REGISTERED_ROAMING = 5


class CircuitStatus(Code):
    """State of calls."""

    INACTIVE = 0
    INCOMING_CALL = 1
    ACTIVE = 2


class PacketStatus(Code):
    """The technology that carries packets."""

    INACTIVE = 0
    GPRS = 1
    EDGE = 2
    UMTS = 3
    HSDPA = 4
    LTE = 5
    CDMA = 6
    LTE_M = 7
    NB_IOT = 8


class CellInfo(NamedTuple):
    """The cell in use; signal quality as 3GPP TS 27.007 counts it: -113 dBm + 2 dB a step, 99 unknown."""

    cell_id: LongUnsigned
    location_id: LongUnsigned
    signal_quality: Unsigned
    bit_error_rate: Unsigned


class CellInfo1(NamedTuple):
    """The same from version 1 on, with country and network code and the channel."""

    cell_id: DoubleLongUnsigned
    location_id: LongUnsigned
    signal_quality: Unsigned
    bit_error_rate: Unsigned
    mcc: LongUnsigned
    mnc: LongUnsigned
    channel_number: DoubleLongUnsigned


class AdjacentCell(NamedTuple):
    """A cell nearby."""

    cell_id: LongUnsigned
    signal_quality: Unsigned


class AdjacentCell1(NamedTuple):
    """A cell nearby, from version 1 on."""

    cell_id: DoubleLongUnsigned
    signal_quality: Unsigned


class _GsmDiagnostic(InterfaceClass):
    operator = attribute(2, TEXT, dynamic=True)
    status = attribute(3, NetworkStatus, dynamic=True)
    cs_attachment = attribute(4, CircuitStatus, dynamic=True)
    ps_status = attribute(5, PacketStatus, dynamic=True)
    capture_time = attribute(8, TYPED_DATE_TIME, dynamic=True)


class GsmDiagnostic(_GsmDiagnostic, class_id=47, version=0, title="GSM diagnostic"):
    cell_info = attribute(6, CellInfo, dynamic=True)
    adjacent_cells = attribute(7, array_of(AdjacentCell), dynamic=True)


class GsmDiagnostic1(_GsmDiagnostic, class_id=47, version=1, title="GSM diagnostic"):
    cell_info = attribute(6, CellInfo1, dynamic=True)
    adjacent_cells = attribute(7, array_of(AdjacentCell1), dynamic=True)


class GsmDiagnostic2(GsmDiagnostic1, class_id=47, version=2, title="GSM diagnostic"):
    pass


class LteQuality(NamedTuple):
    """LTE_network_parameters of version 0: two timers in seconds, three levels as 3GPP TS 36.133 codes them."""

    t3402: LongUnsigned
    t3412: LongUnsigned
    rsrq: Unsigned
    rsrp: Unsigned
    q_rxlev_min: Integer


class LteNetwork(NamedTuple):
    """LTE_network_parameters of version 1: timers, eDRX cycle and paging window, least levels by coverage."""

    t3402: LongUnsigned
    t3412: LongUnsigned
    t3412_ext2: DoubleLongUnsigned
    t3324: LongUnsigned
    t_edrx: DoubleLongUnsigned
    t_ptw: LongUnsigned
    q_rxlev_min: Integer
    q_rxlev_min_ce: Integer
    q_rxlev_min_ce1: Integer


class CoverageEnhancement(Code):
    """How hard the modem has to try."""

    LEVEL_0 = 0
    LEVEL_1 = 1
    LEVEL_2 = 2


class LteService(NamedTuple):
    """LTE_quality_of_service."""

    signal_quality: Integer
    signal_level: Integer
    signal_to_noise_ratio: Integer
    coverage_enhancement: CoverageEnhancement


class LteMonitoring(InterfaceClass, class_id=151, version=0, title="LTE monitoring"):
    lte_network_parameters = attribute(2, LteQuality, dynamic=True)


class LteMonitoring1(InterfaceClass, class_id=151, version=1, title="LTE monitoring"):
    lte_network_parameters = attribute(2, LteNetwork, dynamic=True)
    lte_quality_of_service = attribute(3, LteService, dynamic=True)
