"""A device description compared with what a device of the model says, for `manage.py devicemodel check`."""
