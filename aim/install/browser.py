"""Chromium for the browser tests: the system's own."""

import os
import shutil

from aim.install import environment
from aim.install.commands import InstallError, say

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """Path of the browser, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure() -> None:
    """Install Chromium where we may; InstallError says what to install where we may not."""
    if find():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise InstallError("The browser tests need Chromium: install it (apt-get install chromium), then run again.")
    say("==> Chromium for the browser tests (about 100 MB)")
    environment.apt_install("chromium")
