"""Image transfer, both sides: whole, over lines that drop, with meters that take their time or lack the bitmap."""

from collections.abc import Callable
from typing import Any

import pytest

from protocols.dlms.classes.client import ClientObject
from protocols.dlms.classes.image import ImageBlock, ImageStart, ImageStatus, ImageTransfer
from protocols.dlms.classes.image_exchange import (
    IMAGE_TRANSFER,
    Image,
    activate_image,
    send_image,
    verify_image,
)
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.classes.serving.image import ImageReceiver
from protocols.dlms.exchange import converse
from protocols.dlms.tags import ActionResult
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.classes.meters import device_of, with_keys

IMAGE = Image(b"FW-2.0", bytes(range(256)) * 5 + b"end")
BLOCKS = 13


def test_an_image_arrives_whole_is_verified_and_activated() -> None:
    receiver = ImageReceiver(block_size=100)
    line = with_keys(device_of([receiver.cosem_object()]))
    seen: list[tuple[int, int]] = []
    line(send_image(line.client, IMAGE, progress=lambda done, total: seen.append((done, total))))
    assert receiver.data == IMAGE.data
    assert seen == [(number, BLOCKS) for number in range(1, BLOCKS + 1)]
    found = line(ClientObject(line.client, ImageTransfer, IMAGE_TRANSFER).get(ImageTransfer.image_to_activate_info))
    assert [(info.size, info.identification) for info in found] == [(len(IMAGE.data), b"FW-2.0")]
    assert line(verify_image(line.client)) is ImageStatus.VERIFICATION_SUCCESSFUL
    assert line(activate_image(line.client)) is ImageStatus.ACTIVATION_SUCCESSFUL
    assert line(verify_image(line.client)) is ImageStatus.ACTIVATION_SUCCESSFUL


def test_a_transfer_goes_on_where_the_line_dropped() -> None:
    receiver = ImageReceiver(block_size=100)
    device = device_of([receiver.cosem_object()])
    sent: list[int] = []
    for patience in (8, 7, 100):
        line = with_keys(device)
        resume = bool(receiver.start)
        exchange = send_image(line.client, IMAGE, resume=resume, progress=lambda done, _: sent.append(done))
        try:
            converse(exchange, _dropping(line.transfer, patience))
        except RemoteProtocolError as error:
            assert error.cause is Cause.CONNECTION_CUT
    assert receiver.data == IMAGE.data
    assert sent[-1] == BLOCKS
    assert len(sent) <= BLOCKS


def _dropping(transfer: Callable[[bytes], bytes], requests: int) -> Callable[[bytes], bytes]:
    """A line that breaks before the answer to request number `requests`."""
    left = iter(range(requests))
    return lambda data: transfer(data) if next(left, None) is not None else transfer(data)[:0]


def test_only_what_is_missing_is_sent_again() -> None:
    receiver = ImageReceiver(block_size=100)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    for number in (3, 7):
        del receiver.blocks[number]
    seen: list[int] = []
    line(send_image(line.client, IMAGE, resume=True, progress=lambda done, _: seen.append(done)))
    assert seen == [BLOCKS - 1, BLOCKS]
    assert receiver.data == IMAGE.data


def test_a_transfer_that_is_not_under_way_begins_anew() -> None:
    receiver = ImageReceiver(block_size=64)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE, resume=True))
    assert receiver.data == IMAGE.data


def test_a_disabled_transfer_is_enabled_first() -> None:
    receiver = ImageReceiver(enabled=False)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    assert receiver.enabled
    assert receiver.data == IMAGE.data


class Forgetful(ImageReceiver):
    """Loses every block it is given, or the first time it is given one."""

    def __init__(self, times: int) -> None:
        super().__init__(block_size=500)
        self.times = times

    def cosem_object(self, obis: Any = IMAGE_TRANSFER) -> ServerObject:
        item = super().cosem_object(obis)
        inner = item.invoke

        def invoke(method: int, parameters: Any) -> Any:
            outcome = inner(method, parameters)
            if method == ImageTransfer.image_block_transfer.index and self.times > 0:
                self.times -= 1
                self.blocks.clear()
            return outcome

        item.invoke = invoke  # type: ignore[method-assign]
        return item


@pytest.mark.parametrize("times", [1, 3, 6])
def test_blocks_the_meter_loses_are_sent_in_another_round(times: int) -> None:
    receiver = Forgetful(times=times)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    assert receiver.data == IMAGE.data


def test_a_meter_that_keeps_nothing_is_given_up() -> None:
    receiver = Forgetful(times=1000)
    line = with_keys(device_of([receiver.cosem_object()]))
    with pytest.raises(RemoteProtocolError, match="3 of 3 image blocks are lost") as error:
        line(send_image(line.client, IMAGE))
    assert error.value.cause is Cause.BLOCK_LOST


def _without(receiver: ImageReceiver, *names: str) -> ServerObject:
    """The receiver's object without some attributes."""
    item = receiver.cosem_object()
    rows = [row for row in ImageTransfer.table.attributes[1:] if row.name not in names]
    return ServerObject(
        ImageTransfer,
        IMAGE_TRANSFER,
        {row.name: (lambda name: lambda: item[name])(row.name) for row in rows},
        actions={
            row.name: (lambda index: lambda value: item.invoke(index, value)[0])(row.index)
            for row in ImageTransfer.table.methods[2:]
        }
        | {
            "image_transfer_initiate": lambda start: item.invoke(1, tuple(start))[0],
            "image_block_transfer": lambda block: item.invoke(2, tuple(block))[0],
        },
    )


def test_without_a_bitmap_the_first_missing_block_decides() -> None:
    receiver = ImageReceiver(block_size=100)
    line = with_keys(device_of([_without(receiver, "image_transferred_blocks_status")]))
    line(send_image(line.client, IMAGE))
    del receiver.blocks[BLOCKS - 1]
    seen: list[int] = []
    line(send_image(line.client, IMAGE, resume=True, progress=lambda done, _: seen.append(done)))
    assert (receiver.data, seen) == (IMAGE.data, [BLOCKS])


def test_without_the_first_missing_block_the_bitmap_decides() -> None:
    receiver = ImageReceiver(block_size=100)
    line = with_keys(device_of([_without(receiver, "image_first_not_transferred_block_number")]))
    line(send_image(line.client, IMAGE))
    assert receiver.data == IMAGE.data


def test_a_meter_that_tells_neither_is_refused() -> None:
    hidden = "image_first_not_transferred_block_number", "image_transferred_blocks_status"
    line = with_keys(device_of([_without(ImageReceiver(), *hidden)]))
    with pytest.raises(RemoteProtocolError, match="does not tell how far"):
        line(send_image(line.client, IMAGE))


def test_a_block_size_of_nothing_is_refused() -> None:
    receiver = ImageReceiver()
    item = receiver.cosem_object()
    item["image_block_size"] = 0
    line = with_keys(device_of([item]))
    with pytest.raises(RemoteProtocolError, match="image blocks of 0 octets"):
        line(send_image(line.client, IMAGE))


def test_an_image_of_nothing_is_not_sent() -> None:
    line = with_keys(device_of([ImageReceiver().cosem_object()]))
    with pytest.raises(LocalProtocolError):
        line(send_image(line.client, Image(b"FW", b"")))


def test_verification_and_activation_that_take_time_are_asked_again() -> None:
    answers = iter([None, True])
    receiver = ImageReceiver(verify=lambda *_: next(answers), activate=lambda *_: None)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    assert line(verify_image(line.client)) is ImageStatus.VERIFICATION_INITIATED
    assert line(verify_image(line.client)) is ImageStatus.VERIFICATION_INITIATED
    receiver.status = ImageStatus.VERIFICATION_SUCCESSFUL
    assert line(activate_image(line.client)) is ImageStatus.ACTIVATION_INITIATED
    assert line(activate_image(line.client)) is ImageStatus.ACTIVATION_INITIATED


def test_a_wrong_image_is_told() -> None:
    receiver = ImageReceiver(verify=lambda *_: False)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    with pytest.raises(RemoteProtocolError, match="finds the image wrong"):
        line(verify_image(line.client))
    with pytest.raises(RemoteProtocolError, match="finds the image wrong"):
        line(verify_image(line.client))


def test_an_activation_that_fails_is_told() -> None:
    receiver = ImageReceiver(activate=lambda *_: False)
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    line(verify_image(line.client))
    with pytest.raises(RemoteProtocolError, match="could not activate"):
        line(activate_image(line.client))


def test_verification_before_all_blocks_is_refused() -> None:
    receiver = ImageReceiver()
    line = with_keys(device_of([receiver.cosem_object()]))
    line(send_image(line.client, IMAGE))
    receiver.blocks.clear()
    with pytest.raises(RemoteProtocolError, match=r"ImageTransfer\.image_verify: other reason"):
        line(verify_image(line.client))


@pytest.mark.parametrize(
    ("start", "blocks"),
    [
        (ImageStart(b"FW", 0), []),
        (ImageStart(b"FW", 1001), []),
        (ImageStart(b"FW", 250), [ImageBlock(3, bytes(50))]),
        (ImageStart(b"FW", 250), [ImageBlock(0, bytes(99))]),
        (ImageStart(b"FW", 250), [ImageBlock(2, bytes(51))]),
        (None, [ImageBlock(0, bytes(100))]),
    ],
)
def test_a_receiver_takes_nothing_that_does_not_fit(start: ImageStart | None, blocks: list[ImageBlock]) -> None:
    receiver = ImageReceiver(block_size=100, max_size=1000)
    item = receiver.cosem_object()
    outcomes = [item.invoke(1, (start.identifier, start.size))[0]] if start else []
    outcomes += [item.invoke(2, (block.number, block.value))[0] for block in blocks]
    assert outcomes[-1] is ActionResult.OTHER_REASON
    assert receiver.blocks == {}
    assert item["image_to_activate_info"] == ()


def test_a_receiver_without_an_image_verifies_and_activates_nothing() -> None:
    item = ImageReceiver().cosem_object()
    assert [item.invoke(method, 0)[0] for method in (3, 4)] == [ActionResult.OTHER_REASON] * 2
