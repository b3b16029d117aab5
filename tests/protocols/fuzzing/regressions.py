"""Inputs that a decoder once failed on, by target; found by `script/fuzz`."""

REGRESSIONS: list[tuple[str, str]] = [
    ("identification", "2f49534b355c324d543337320d964d543337320d0a"),
    ("option", "063235800d0a"),
    ("APDU 15", "2020202981090c20d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6"),
]
