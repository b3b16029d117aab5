"""Meter protocols as pure sans-IO libraries: bytes in, events out. No sockets, no threads, no Django."""
