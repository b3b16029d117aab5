"""General blocks of meters behind a concentrator: each with the prefix of its meter, those of several mixed."""

from collections import OrderedDict
from collections.abc import Iterator

from protocols.dlms.general_block import MAX_WINDOW, TAG, decode_general_block
from protocols.dlms.general_block_framing import RETRIES
from protocols.dlms.general_block_transfer import GeneralBlockTransfer
from protocols.gateway import Prefix
from protocols.gateway.prefix import TO_DEVICE

MOST = 32
"""Meters behind one caller whose blocks may be under way at once; the longest unheard gives way."""


def is_block(apdu: bytes) -> bool:
    """Whether an APDU is a block of another one."""
    return apdu[:1] == bytes((TAG,))


class Behind:
    """Puts the blocks of one caller's meters together. `largest` bounds the octets of one APDU."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._transfers: OrderedDict[Prefix, GeneralBlockTransfer] = OrderedDict()

    def take(self, device: Prefix, block: bytes) -> bytes:
        """The APDU that this block of a meter completes, or nothing; errors of `GeneralBlockTransfer.take`."""
        transfer = self._transfers.pop(device, None) or GeneralBlockTransfer(
            active=True, window=MAX_WINDOW, limit=self._largest, retries=RETRIES
        )
        self._transfers[device] = transfer
        if len(self._transfers) > MOST:
            self._transfers.popitem(last=False)
        return transfer.take(decode_general_block(block))

    def outgoing(self) -> Iterator[bytes]:
        """What is to be said to the meters, confirmations of blocks: APDUs with their prefix."""
        for device, transfer in self._transfers.items():
            for block in transfer.take_due():
                yield device.encode(TO_DEVICE) + block.encode()
