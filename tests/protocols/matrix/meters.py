"""The meters of the matrix: one by logical names, one by short names; what clients change of them can be looked at."""

from protocols.dlms.base_names import ASSOCIATION_BASE
from protocols.dlms.classes.serving.image import ImageReceiver
from protocols.dlms.conformance import SUPPORTED_SN
from protocols.dlms.device import CLOCK, LogicalDevice
from protocols.dlms.server import Association
from tests.protocols.notebook import NOTEBOOK, Notebook
from tests.protocols.parties import ENERGY, HELSINKI, METER_TITLE, PROFILE
from tests.protocols.short_parties import GridMeter


class LogicalMeter:
    """A notebook, a profile of a day, a register, a clock and a receiver of images."""

    def __init__(self, terms: Association, max_pdu: int, window: int) -> None:
        self.notebook = Notebook(max_pdu)
        self.receiver = ImageReceiver(block_size=100)
        given = self.notebook.meter.device.objects
        objects = [given[name] for name in (CLOCK, PROFILE, ENERGY, NOTEBOOK)]
        self.device = LogicalDevice(
            "LGZ12345678",
            METER_TITLE,
            [*objects, self.receiver.cosem_object()],
            [terms],
            zone=HELSINKI,
            max_pdu=max_pdu,
            block_window=window,
        )


class ShortMeter:
    """A grid meter in the manner of the E650 family."""

    def __init__(self, terms: Association, max_pdu: int, window: int) -> None:
        self.grid = GridMeter(max_pdu)
        named = {item.base: self.grid.device.objects[item.obis] for item in self.grid.device.base_names.objects
                 if item.base < ASSOCIATION_BASE}  # fmt: skip
        self.device = LogicalDevice(
            "LGZ12345678",
            METER_TITLE,
            [],
            [terms],
            zone=HELSINKI,
            max_pdu=max_pdu,
            conformance=SUPPORTED_SN,
            short_names=named,
            block_window=window,
        )
