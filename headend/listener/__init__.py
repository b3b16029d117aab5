"""Pushes of devices: octets of a caller, one transaction per batch, an acknowledgement after it."""
