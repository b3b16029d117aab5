"""403 or not: does the role of the user allow this at all? Which rows, the one door says (404)."""

from typing import Any

from django.contrib.auth.models import PermissionsMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from aim.web.errors import roles_with


class MayUse(BasePermission):
    """Asks for `view.permission_required()`; the refusal names the permission and the roles that hold it."""

    message: str = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        permission: str = view.permission_required()
        user = request.user
        if isinstance(user, PermissionsMixin) and user.has_perm(permission):
            return True
        self.message = _refusal(permission)
        return False


def _refusal(permission: str) -> str:
    roles = ", ".join(roles_with(permission)) or "no role"
    return f"This needs the permission {permission}, held by: {roles}."
