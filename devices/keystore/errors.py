"""What can go wrong with keys. No message ever holds one."""


class KeyStoreError(Exception):
    """A key cannot be opened: the master key is not the one it was sealed with, or the row was changed."""


class KeyStateError(ValueError):
    """The versions of a key do not allow what is asked for; the message says why."""
