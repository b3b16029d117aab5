"""The reference of roles: which permission each of them has."""

from collections.abc import Iterator, Mapping

from django.apps import apps

from access.roles import ADMINISTER_LABELS, ADMINISTRATOR, OPENS_DATA, ROLES
from aim.reference.markdown import table

HEAD = f"""# Roles

A role is a group of users. It says *what* its users may do; the *data* they may do it with are opened to each user one
by one, as whole utilities or as segments ([give access](../how-to/give-access.md)). A user may have several roles.

*{ADMINISTRATOR}* has every permission on the apps {", ".join(f"`{label}`" for label in ADMINISTER_LABELS)},
with the data opened to its user. A superuser sees and may do everything. `manage.py sync` makes the roles and sets them
back to this table. This page is written by `manage.py reference` from `access/roles.py`.

"""
YES = "yes"


def page() -> str:
    """The page in Markdown: a row per permission any role but Administrator has, a column per role."""
    what = meanings()
    names = list(dict.fromkeys(name for granted in ROLES.values() for name in granted))
    rows = [
        (f"`{name}`", what[name], *(YES if name in granted else "" for granted in ROLES.values())) for name in names
    ]
    opening = " and ".join(f"`{name}`" for name in OPENS_DATA)
    return HEAD + table(("permission", "what it allows", *ROLES), rows) + f"\nNo role has {opening}: they open data.\n"


def _marks(name: str) -> Iterator[str]:
    return (YES if name in granted else "" for granted in ROLES.values())


def meanings() -> Mapping[str, str]:
    """What every permission allows, by its full name, as Django would write it into the database."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        options = model._meta
        for action in options.default_permissions:
            found[f"{options.app_label}.{action}_{options.model_name}"] = f"{action} {options.verbose_name_plural}"
        found |= {f"{options.app_label}.{code}": str(name).removeprefix("Can ") for code, name in options.permissions}
    return found
