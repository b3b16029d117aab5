"""Roles of the database that read values in plain SQL: the views, of the utilities granted, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction

from access import audit
from access.models import Utility
from metering.models import SqlReader
from metering.services import sql_roles
from metering.services.sql_roles import SqlReaderError

__all__ = ["SqlReaderError", "make_reader", "remove_reader"]

LEAST_PASSWORD, MOST_PASSWORD = 12, 500
_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")


@transaction.atomic
def make_reader(*, role: str, utilities: Sequence[Utility] | None, password: str | None) -> None:
    """Let `role` log in and read the values of these utilities (None: of all) through the views, and nothing else.

    A role that is there already gets the password, if one is given, and exactly these utilities. SqlReaderError for a
    bad name or password, for a role that may do more, and where our own role may not make roles.
    """
    _check(role, password)
    known = sql_roles.exists(role)
    if password is not None:
        sql_roles.let_log_in(role, password, known=known)
    elif not known:
        raise SqlReaderError(f"There is no role {role}: give a password")
    sql_roles.grant(role)
    SqlReader.objects.filter(role=role).delete()
    granted: Sequence[Utility | None] = [None] if utilities is None else utilities
    SqlReader.objects.bulk_create(SqlReader(role=role, utility=utility) for utility in granted)
    if beyond := sql_roles.open_beyond_the_views(role):
        raise SqlReaderError(f"The role {role} could also use {', '.join(beyond)}: revoke that first")
    codes = "all" if utilities is None else sorted(utility.code for utility in utilities)
    audit.record("reader made", f"SQL reader {role}", details={"utilities": codes})


@transaction.atomic
def remove_reader(*, role: str) -> bool:
    """Take everything from `role` and drop it; False where it stays because other databases know it.

    SqlReaderError where it is no reader, or our own role may not drop it.
    """
    removed, _ = SqlReader.objects.filter(role=role).delete()
    if not removed:
        raise SqlReaderError(f"{role} is no reader of plain SQL")
    audit.record("reader removed", f"SQL reader {role}")
    return not sql_roles.exists(role) or sql_roles.drop(role)


def _check(role: str, password: str | None) -> None:
    if not _NAME.fullmatch(role):
        raise SqlReaderError(f"{role!r} is no name for a role: use small letters, digits and _, and not pg_ in front")
    if password is not None and not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise SqlReaderError(f"The password must have {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
