"""Slave meters as they are read: what they measure, spoken of with the words and objects of their master."""

from dataclasses import replace
from functools import lru_cache

from devices.descriptions import Description, DescriptionError, description
from devices.models import Device
from protocols.dlms.obis import Obis


def description_of_device(device: Device) -> Description:
    """How a device is read: its own description; of a slave meter what its master holds on its channel.

    DescriptionError where the model has none, or the master has no such channel.
    """
    if device.master is None or device.channel is None:
        return description(device.model.code)
    return slave_description(device.model.code, device.channel, device.master.model.code)


@lru_cache(maxsize=1024)
def slave_description(code: str, channel: int, master_code: str) -> Description:
    """The slave model `code` on a channel of a master: profile and value where the master keeps them.

    All that speaking takes is the master's, also the clock, for it is the master that stamps the rows. Event logs are
    read from the master itself.
    """
    slave, master = description(code, channel), description(master_code)
    if master.m_bus is None or channel > master.m_bus.channels or master.text is not None:
        raise DescriptionError(f"{master_code} has no M-Bus channel {channel} that {code} could be read through.")
    at = master.m_bus.at(channel)
    profiles = tuple(replace(each, obis=at["hourly"]) for each in slave.profiles if each.is_interval and "hourly" in at)
    own = Obis.parse(f"0-{channel}:24.2.1")
    value = at.get("value", own)
    registers = tuple(value if obis == own else obis for obis in slave.registers)
    return replace(
        master,
        code=slave.code,
        name=slave.name,
        manufacturer=slave.manufacturer,
        kind=slave.kind,
        evidence=slave.evidence,
        identification={"serial_number": at["identification"]} if "identification" in at else {},
        objects=(*slave.objects, *master.objects),
        units={**master.units, **slave.units},
        profiles=profiles,
        registers=registers,
        event_logs=(),
        status_bits=slave.status_bits,
        alarm_bits={},
        push={},
        m_bus=None,
        stored_as={**slave.stored_as, value: slave.stored_as.get(own, own)},
    )
