"""DLMS over M-Bus."""
