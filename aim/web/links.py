"""Small things of the page header: breadcrumbs and buttons."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Crumb:
    """One step of the breadcrumbs; without `url` it is the page itself."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Action:
    """A button of the page header.

    A link, or with `post` a form that posts to `url`. `permission`: left out for users without it. `confirm`: a
    question asked in a dialog before it is posted.
    """

    label: str
    url: str
    icon: str = ""
    permission: str = ""
    kind: str = ""
    post: bool = False
    confirm: str = ""
