"""Image transfer (Blue Book 4.4.6): firmware in blocks, verified and activated by the meter."""

from typing import NamedTuple

from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    BITS,
    BOOLEAN,
    DOUBLE_LONG_UNSIGNED,
    DoubleLongUnsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method


class ImageStatus(Code):
    """How far an image transfer is."""

    NOT_INITIATED = 0
    INITIATED = 1
    VERIFICATION_INITIATED = 2
    VERIFICATION_SUCCESSFUL = 3
    VERIFICATION_FAILED = 4
    ACTIVATION_INITIATED = 5
    ACTIVATION_SUCCESSFUL = 6
    ACTIVATION_FAILED = 7


class ImageInfo(NamedTuple):
    """image_to_activate_info_element: an image the meter found in what it received; `size` in octets."""

    size: DoubleLongUnsigned
    identification: bytes
    signature: bytes


class ImageStart(NamedTuple):
    """The image about to come; `size` in octets."""

    identifier: bytes
    size: DoubleLongUnsigned


class ImageBlock(NamedTuple):
    """One block, counted from 0; all but the last have image_block_size octets."""

    number: DoubleLongUnsigned
    value: bytes


class ImageTransfer(InterfaceClass, class_id=18, title="Image transfer"):
    image_block_size = attribute(2, DOUBLE_LONG_UNSIGNED)
    image_transferred_blocks_status = attribute(3, BITS, dynamic=True)
    image_first_not_transferred_block_number = attribute(4, DOUBLE_LONG_UNSIGNED, dynamic=True)
    image_transfer_enabled = attribute(5, BOOLEAN, writable=True)
    image_transfer_status = attribute(6, ImageStatus, dynamic=True)
    image_to_activate_info = attribute(7, array_of(ImageInfo), dynamic=True)
    image_transfer_initiate = method(1, ImageStart)
    image_block_transfer = method(2, ImageBlock)
    image_verify = method(3)
    image_activate = method(4)
