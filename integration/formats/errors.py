"""What can go wrong with a format on our side: a reader never raises for what a file contains."""


class FormatError(Exception):
    """Root of the errors of this package."""


class UnwritableError(FormatError):
    """The format has no way to say this; the message names the channel. Ask before writing, and leave it out."""
