"""The frame check of HDLC: CRC-16/X-25, polynomial 0x1021 with every octet and the result mirrored.

Python has the unmirrored CRC of the same polynomial in C (`binascii.crc_hqx`). Mirroring the octets with
`bytes.translate` before it and the 16 bits after it gives ours at the speed of C, some fifteen times as fast as a loop
over a table.
"""

from binascii import crc_hqx

_MIRRORED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def checksum(octets: bytes) -> bytes:
    """The two octets of HCS or FCS as they follow `octets` on the line (IEC 62056-46 6.4.4: ISO/IEC 13239 annex A)."""
    crc = crc_hqx(octets.translate(_MIRRORED), 0xFFFF) ^ 0xFFFF
    return bytes((_MIRRORED[crc >> 8], _MIRRORED[crc & 0xFF]))
