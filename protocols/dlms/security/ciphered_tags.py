"""Tags of APDUs that carry protected services (Green Book 9.5): glo-, ded- and the general ones.

A service has a tag of its own for protection with the global key and one for the dedicated key; services that came
later have none and travel in general APDUs.
"""

GENERAL_GLO = 219
GENERAL_DED = 220
GENERAL_CIPHERING = 221
GENERAL_SIGNING = 223
GENERAL_TAGS = frozenset((GENERAL_GLO, GENERAL_DED, GENERAL_CIPHERING, GENERAL_SIGNING))

_LOGICAL_NAMES = (192, 193, 194, 195, 196, 197, 199)
_SHORT_NAMES = (5, 6, 12, 13, 14, 22, 24)
GLO_TAGS = {tag: tag + 8 for tag in _LOGICAL_NAMES} | {tag: tag + 32 for tag in _SHORT_NAMES}
"""Tag of a service → its tag under the global key."""
DED_TAGS = {tag: tag + 16 for tag in _LOGICAL_NAMES} | {tag: tag + 64 for tag in _SHORT_NAMES}
"""Tag of a service → its tag under the dedicated key."""
GLO_SERVICES = {glo: tag for tag, glo in GLO_TAGS.items()}
DED_SERVICES = {ded: tag for tag, ded in DED_TAGS.items()}
PROTECTED_TAGS = frozenset(GLO_SERVICES) | frozenset(DED_SERVICES) | GENERAL_TAGS
