"""What a DLMS device tells of the mobile network it is in (Blue Book 4.7.8 GSM diagnostic, PPP and IPv4 setup)."""

from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Any

from devices.described_network import Network
from headend.drivers.dlms_decode import text_of
from headend.network import NetworkState, Service, signal_dbm
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.services.get import Result
from protocols.dlms.tags import DataAccessResult

DIAGNOSTIC, MODEM, IPV4 = 47, 45, 42
_OPERATOR, _STATUS, _PACKETS, _CELL = 2, 3, 5, 6
_SERVICES = {1: Service.GPRS, 2: Service.EDGE, 3: Service.UMTS, 4: Service.HSDPA, 5: Service.LTE, 6: Service.CDMA,
             7: Service.LTE_M, 8: Service.NB_IOT}  # fmt: skip
_REGISTERED = (1, 5)
_NONE = (0, 0, 99)


def network_attributes(network: Network) -> list[Attribute]:
    """What is asked for, all in one request."""
    asked = [Attribute(DIAGNOSTIC, network.diagnostic, index) for index in (_OPERATOR, _STATUS, _PACKETS, _CELL)]
    if network.apn is not None:
        asked.append(Attribute(MODEM, network.apn, 2))
    if network.address is not None:
        asked.append(Attribute(IPV4, network.address, 3))
    return asked


def network_state(asked: Sequence[Attribute], told: Sequence[Result]) -> NetworkState | None:
    """What was told; what the device refused or does not have is left out. None where it told nothing at all."""
    if all(isinstance(each, DataAccessResult) for each in told):
        return None
    by_name = {(attribute.class_id, attribute.index): result for attribute, result in zip(asked, told, strict=True)}
    location, cell, quality = _cell(_value(by_name.get((DIAGNOSTIC, _CELL))))
    status = _value(by_name.get((DIAGNOSTIC, _STATUS)))
    packets, address = _value(by_name.get((DIAGNOSTIC, _PACKETS))), _value(by_name.get((IPV4, 3)))
    return NetworkState(
        operator=_text(by_name.get((DIAGNOSTIC, _OPERATOR)))[:40],
        registered=status in _REGISTERED if isinstance(status, int) else None,
        roaming=status == _REGISTERED[1],
        service=_SERVICES.get(packets, Service.NONE) if isinstance(packets, int) else Service.NONE,
        location=location,
        cell=cell,
        signal_dbm=signal_dbm(quality),
        apn=_text(by_name.get((MODEM, 2)))[:100],
        address=str(IPv4Address(address)) if isinstance(address, int) and 0 < address < 2**32 else "",
    )


def _text(result: Result | None) -> str:
    return "" if result is None else text_of(result)


def _value(result: Result | None) -> Any:
    return None if result is None or isinstance(result, DataAccessResult) else decode(result)


def _cell(told: Any) -> tuple[int, int, int]:
    """Location area, cell and signal quality: the first three elements in every version of the class."""
    if not isinstance(told, list | tuple) or len(told) < 3 or not all(isinstance(each, int) for each in told[:3]):
        return _NONE
    cell, location, quality = told[:3]
    return location, cell, quality
