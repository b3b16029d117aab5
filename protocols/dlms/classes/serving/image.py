"""The meter's side of image transfer (Blue Book 4.4.6): takes blocks in any order, verifies, activates."""

from collections.abc import Callable
from dataclasses import dataclass, field

from protocols.dlms.classes.image import ImageBlock, ImageInfo, ImageStart, ImageStatus, ImageTransfer
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.obis import Obis
from protocols.dlms.tags import ActionResult

IMAGE_TRANSFER = Obis.parse("0-0:44.0.0")
MAX_IMAGE = 16 * 1024 * 1024
Check = Callable[[ImageStart, bytes], bool | None]
"""Looks at an image: True good, False bad, None not finished yet."""


def _good(_start: ImageStart, _data: bytes) -> bool:
    return True


@dataclass
class ImageReceiver:
    """What a meter has received of an image; `cosem_object()` lets clients send it.

    `verify` and `activate` are asked again at every further call while they give None. An image of more than `max_size`
    octets is refused.
    """

    block_size: int = 200
    verify: Check = _good
    activate: Check = _good
    max_size: int = MAX_IMAGE
    enabled: bool = True
    status: ImageStatus = ImageStatus.NOT_INITIATED
    start: ImageStart | None = None
    blocks: dict[int, bytes] = field(default_factory=dict)
    signature: bytes = b""

    def cosem_object(self, obis: Obis = IMAGE_TRANSFER) -> ServerObject:
        """Class 18 on this receiver."""
        return ServerObject(
            ImageTransfer,
            obis,
            {
                "image_block_size": lambda: self.block_size,
                "image_transferred_blocks_status": lambda: self.bitmap,
                "image_first_not_transferred_block_number": lambda: self.first_missing,
                "image_transfer_enabled": lambda: self.enabled,
                "image_transfer_status": lambda: self.status,
                "image_to_activate_info": self._to_activate,
            },
            setters={"image_transfer_enabled": self._enable},
            actions={
                "image_transfer_initiate": self._initiate,
                "image_block_transfer": self._take,
                "image_verify": lambda _: self._verify(),
                "image_activate": lambda _: self._activate(),
            },
        )

    @property
    def total(self) -> int:
        """Blocks of the image under way."""
        return -(-self.start.size // self.block_size) if self.start else 0

    @property
    def bitmap(self) -> str:
        """A bit for every block, 1 when it has arrived."""
        return "".join("1" if number in self.blocks else "0" for number in range(self.total))

    @property
    def first_missing(self) -> int:
        """The first block that has not arrived; their number when all have."""
        return next((number for number in range(self.total) if number not in self.blocks), self.total)

    @property
    def data(self) -> bytes:
        """The image as far as it has arrived."""
        return b"".join(self.blocks[number] for number in sorted(self.blocks))

    def _enable(self, enabled: bool) -> None:
        self.enabled = enabled

    def _initiate(self, start: ImageStart) -> ActionResult | None:
        if not self.enabled or not 0 < start.size <= self.max_size:
            return ActionResult.OTHER_REASON
        self.start, self.blocks, self.status = start, {}, ImageStatus.INITIATED
        return None

    def _take(self, block: ImageBlock) -> ActionResult | None:
        """A block that came before is taken again: the client may not know that it arrived."""
        if self.start is None or self.status is not ImageStatus.INITIATED or not self.enabled:
            return ActionResult.OTHER_REASON
        last = self.start.size - block.number * self.block_size
        if not 0 <= block.number < self.total or len(block.value) != min(self.block_size, last):
            return ActionResult.OTHER_REASON
        self.blocks[block.number] = block.value
        return None

    def _verify(self) -> ActionResult | None:
        if self.start is None or self.first_missing < self.total or self.status < ImageStatus.INITIATED:
            return ActionResult.OTHER_REASON
        outcome = self.verify(self.start, self.data)
        self.status = _VERIFIED[outcome]
        return _RESULTS[outcome]

    def _activate(self) -> ActionResult | None:
        if self.start is None or self.status not in (
            ImageStatus.VERIFICATION_SUCCESSFUL,
            ImageStatus.ACTIVATION_INITIATED,
        ):
            return ActionResult.OTHER_REASON
        outcome = self.activate(self.start, self.data)
        self.status = _ACTIVATED[outcome]
        return _RESULTS[outcome]

    def _to_activate(self) -> tuple[ImageInfo, ...]:
        if self.start is None or self.first_missing < self.total:
            return ()
        return (ImageInfo(self.start.size, self.start.identifier, self.signature),)


_RESULTS = {True: None, False: ActionResult.OTHER_REASON, None: ActionResult.TEMPORARY_FAILURE}
_VERIFIED = {
    True: ImageStatus.VERIFICATION_SUCCESSFUL,
    False: ImageStatus.VERIFICATION_FAILED,
    None: ImageStatus.VERIFICATION_INITIATED,
}
_ACTIVATED = {
    True: ImageStatus.ACTIVATION_SUCCESSFUL,
    False: ImageStatus.ACTIVATION_FAILED,
    None: ImageStatus.ACTIVATION_INITIATED,
}
