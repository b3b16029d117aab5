"""Sending a firmware image to a meter (Blue Book 4.4.6.4, the seven steps), in exchanges that survive a dropped line.

    yield from send_image(connection, image)                            # enable, initiate, all blocks
    yield from send_image(connection, image, resume=True)               # after a drop: what is still missing
    status = yield from verify_image(connection)                        # again, after a pause, while it is under way
    status = yield from activate_image(connection)                      # likewise

A meter takes seconds to minutes to verify or activate and answers `temporary failure` or a status meanwhile. How long
to pause is the caller's business: nothing here waits.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from protocols.dlms.classes.client import ClientObject, action_refusal
from protocols.dlms.classes.image import ImageBlock, ImageStart, ImageStatus, ImageTransfer
from protocols.dlms.classes.table import MethodSpec
from protocols.dlms.connection import ClientConnection
from protocols.dlms.exchange import Exchange
from protocols.dlms.obis import Obis
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

IMAGE_TRANSFER = Obis.parse("0-0:44.0.0")
ROUNDS = 3
"""How often the blocks a meter still misses are sent before it is given up."""
Progress = Callable[[int, int], None]
"""Told after every block: blocks the meter has, blocks in all."""


@dataclass(frozen=True, slots=True)
class Image:
    """A firmware image; `identifier` is what the meter knows it by."""

    identifier: bytes
    data: bytes

    def blocks(self, size: int) -> int:
        """How many blocks of `size` octets it makes."""
        return -(-len(self.data) // size)

    def block(self, number: int, size: int) -> ImageBlock:
        """Block `number`, counted from 0."""
        return ImageBlock(number, self.data[number * size : (number + 1) * size])


def send_image(
    connection: ClientConnection,
    image: Image,
    *,
    obis: Obis = IMAGE_TRANSFER,
    resume: bool = False,
    progress: Progress | None = None,
) -> Exchange[None]:
    """Bring every block of the image to the meter.

    With `resume` a transfer that the meter has under way is continued instead of begun anew: the caller knows that it
    is of this image. RemoteProtocolError: REFUSED and others with the meter's reason, BLOCK_LOST when blocks are still
    missing after all rounds.
    """
    if not image.data:
        raise LocalProtocolError(Cause.INVALID_VALUE, "an image without octets cannot be sent")
    target = ClientObject(connection, ImageTransfer, obis)
    state = yield from target.read("image_block_size", "image_transfer_enabled", "image_transfer_status")
    if state["image_transfer_enabled"] is False:
        yield from target.set(ImageTransfer.image_transfer_enabled, True)
    if not resume or state["image_transfer_status"] is not ImageStatus.INITIATED:
        start = ImageStart(image.identifier, len(image.data))
        yield from target.invoke(ImageTransfer.image_transfer_initiate, start)
        size = yield from target.get(ImageTransfer.image_block_size)
    else:
        size = _number(state["image_block_size"])
    if size < 1:
        raise RemoteProtocolError(Cause.GARBAGE, f"{obis} announces image blocks of {size} octets")
    yield from _send_blocks(target, image, size, progress or _silent)


def _send_blocks(target: ClientObject, image: Image, size: int, progress: Progress) -> Exchange[None]:
    """Rounds of missing blocks, until none is missing."""
    total = image.blocks(size)
    for _ in range(ROUNDS):
        missing = yield from _missing(target, total)
        if not missing:
            return
        for done, number in enumerate(missing, start=total - len(missing) + 1):
            yield from target.invoke(ImageTransfer.image_block_transfer, image.block(number, size))
            progress(done, total)
    missing = yield from _missing(target, total)
    if missing:
        raise RemoteProtocolError(Cause.BLOCK_LOST, f"{len(missing)} of {total} image blocks are lost on the way")


def _missing(target: ClientObject, total: int) -> Exchange[list[int]]:
    """Blocks the meter has not: by its bitmap, or all from the first missing where it does not tell one."""
    state = yield from target.read("image_first_not_transferred_block_number", "image_transferred_blocks_status")
    bits = state["image_transferred_blocks_status"]
    first = state["image_first_not_transferred_block_number"]
    if isinstance(bits, DataAccessResult) or not bits:
        return list(range(_number(first), total))
    return list(_unset(bits[:total], total)) if _number_or(first, 0) < total else []


def _unset(bits: str, total: int) -> Iterator[int]:
    """Numbers of the bits that are 0; a bitmap that is too short says nothing of the rest, which then is missing."""
    return (number for number, bit in enumerate(bits.ljust(total, "0")) if bit == "0")


def verify_image(connection: ClientConnection, obis: Obis = IMAGE_TRANSFER) -> Exchange[ImageStatus]:
    """Have the image verified, or look how far that is; call it again while it gives VERIFICATION_INITIATED.

    RemoteProtocolError (REFUSED) when the meter finds the image wrong.
    """
    target = ClientObject(connection, ImageTransfer, obis)
    status = yield from target.get(ImageTransfer.image_transfer_status)
    if status is ImageStatus.INITIATED:
        status = yield from _step(target, ImageTransfer.image_verify, ImageStatus.VERIFICATION_SUCCESSFUL)
    if status is ImageStatus.VERIFICATION_FAILED:
        raise RemoteProtocolError(Cause.REFUSED, f"{obis}: the meter finds the image wrong")
    return status


def activate_image(connection: ClientConnection, obis: Obis = IMAGE_TRANSFER) -> Exchange[ImageStatus]:
    """Have the verified image activated, or look how far that is; call it again while it gives ACTIVATION_INITIATED.

    Many meters restart on it and drop the line: CONNECTION_CUT then says no more than that; associate anew and ask.
    RemoteProtocolError (REFUSED) when activation failed.
    """
    target = ClientObject(connection, ImageTransfer, obis)
    status = yield from target.get(ImageTransfer.image_transfer_status)
    if status is ImageStatus.VERIFICATION_SUCCESSFUL:
        status = yield from _step(target, ImageTransfer.image_activate, ImageStatus.ACTIVATION_SUCCESSFUL)
    if status is ImageStatus.ACTIVATION_FAILED:
        raise RemoteProtocolError(Cause.REFUSED, f"{obis}: the meter could not activate the image")
    return status


def _step(target: ClientObject, method: MethodSpec[None, None], done: ImageStatus) -> Exchange[ImageStatus]:
    response = yield from target.attempt(method)
    if response.result is ActionResult.SUCCESS:
        return done
    status = yield from target.get(ImageTransfer.image_transfer_status)
    if response.result is ActionResult.TEMPORARY_FAILURE or status in _FAILED:
        return status
    raise action_refusal(response.result, f"{target.obis} {method.where}")


_FAILED = (ImageStatus.VERIFICATION_FAILED, ImageStatus.ACTIVATION_FAILED)


def _number(value: int | DataAccessResult) -> int:
    if isinstance(value, DataAccessResult):
        raise RemoteProtocolError(Cause.REFUSED, f"the meter does not tell how far its image transfer is: {value.name}")
    return value


def _number_or(value: int | DataAccessResult, default: int) -> int:
    return default if isinstance(value, DataAccessResult) else value


def _silent(_done: int, _total: int) -> None:
    """Nobody wants to know."""
