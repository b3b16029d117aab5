"""Factory files: what a manufacturer says of the devices it ships, with their keys wrapped under a transport key."""

from integration.formats.factory.reader import is_factory_file, is_xml, read_factory_file
from integration.formats.factory.record import FIELDS, KINDS, ClearKeyError, FactoryLine, WrappedKey

__all__ = [
    "FIELDS", "KINDS", "ClearKeyError", "FactoryLine", "WrappedKey", "is_factory_file", "is_xml", "read_factory_file",
]  # fmt: skip
