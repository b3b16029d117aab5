"""The columns of the list "Clocks"."""

from aim.web.tables import Column, Table
from devices.clock import clock_state

CLOCKS = Table(
    name="clocks",
    label="Clocks",
    order="-off",
    columns=(
        Column("serial", "Device", accessor="serial_number", sort="serial_number", link=True, fixed=True),
        Column(
            "off", "Clock", accessor=lambda device: clock_state(device.contact.clock_offset_s), sort="off_s",
            export=lambda device: device.contact.clock_offset_s,
        ),
        Column("read", "Compared", accessor="contact.last_contact_at", sort="contact__last_contact_at",
               template="devices/cells/age.html"),
        Column("corrections", "Corrections in 30 days", accessor="corrections", align="end"),
        Column("corrected", "Last correction", accessor="corrected_at"),
        Column("model", "Model", accessor="model.name", sort="model__name"),
    ),
)  # fmt: skip
