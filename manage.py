#!/usr/bin/env python
"""Command line of OpenAIM: `manage.py help` lists what it can do."""

import os
import sys

WITHOUT_SERVICES = {"help", "--help", "-h", "version", "--version", "reference", "signing_key"}


def needs_services(arguments: list[str]) -> bool:
    """Whether a command uses database or broker; `dlms` does only where it uses what is known of a device."""
    if not arguments or arguments[0] in WITHOUT_SERVICES:
        return False
    return arguments[0] != "dlms" or any(each.startswith("--device") for each in arguments)


def main() -> None:
    """Start the embedded services where none are configured, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")
    from django.core.management import execute_from_command_line

    if not needs_services(sys.argv[1:]):
        execute_from_command_line(sys.argv)
        return
    from aim import embedded

    try:
        services = embedded.hold()
    except embedded.EmbeddedError as error:
        sys.exit(f"manage.py: {error}")
    with services:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
