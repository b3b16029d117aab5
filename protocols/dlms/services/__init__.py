"""xDLMS services: one frozen dataclass per APDU variant, used as wire format and as connection event alike."""
