#!/usr/bin/env python
"""Command line of OpenAIM: `manage.py help` lists what it can do."""

import os
import sys

WITHOUT_SERVICES = {"help", "--help", "-h", "version", "--version", "reference"}


def main() -> None:
    """Start the embedded services where none are configured, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) < 2 or sys.argv[1] in WITHOUT_SERVICES:
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
