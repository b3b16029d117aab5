"""The mobile network as a device sees it. Plain data between driver and store."""

from dataclasses import dataclass
from enum import StrEnum

UNKNOWN_SIGNAL = 99
WEAK_DBM, LOST_DBM = -100, -107
"""Below `WEAK_DBM` sessions begin to fail, below `LOST_DBM` most do: about 6 and 3 steps of `signal_dbm`."""


class Service(StrEnum):
    """What carries packets."""

    NONE = ""
    GPRS = "GPRS"
    EDGE = "EDGE"
    UMTS = "UMTS"
    HSDPA = "HSDPA"
    LTE = "LTE"
    CDMA = "CDMA"
    LTE_M = "LTE-M"
    NB_IOT = "NB-IoT"


@dataclass(frozen=True, slots=True)
class NetworkState:
    """What was told at one instant; what was not told is empty, None or 0.

    `location` and `cell` are the numbers of the location area and of the cell in it; `signal_dbm` received power.
    """

    operator: str = ""
    registered: bool | None = None
    roaming: bool = False
    service: Service = Service.NONE
    location: int = 0
    cell: int = 0
    signal_dbm: int | None = None
    apn: str = ""
    address: str = ""

    @property
    def cell_name(self) -> str:
        """`4711-20333`: location area and cell, as segments are named after; empty where the cell is not known."""
        return f"{self.location}-{self.cell}" if self.cell else ""


def signal_dbm(quality: int) -> int | None:
    """Received power of a signal quality as 3GPP TS 27.007 (+CSQ) counts it: 0 to 31, 2 dB a step; None for others."""
    return -113 + 2 * quality if 0 <= quality <= 31 else None
