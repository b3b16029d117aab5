"""The error pages: each says what happened, why, and what to do next. Set as handlers in `aim/urls.py`."""

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None, permission: str = "") -> HttpResponse:
    """403: names the roles that hold `permission`, so the reader knows whom to ask. Also `handler403`."""
    context = {"roles": roles_with(permission) if permission else [], "reason": str(exception or "")}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same whether a thing does not exist or is not visible to the user. `handler404`."""
    return render(request, "404.html", {"path": request.path}, status=404)


def roles_with(permission: str) -> list[str]:
    """Names of the roles (groups) that hold `permission` ("app.action_model"), in order."""
    label, _, codename = permission.partition(".")
    groups = Group.objects.filter(permissions__content_type__app_label=label, permissions__codename=codename)
    return list(groups.order_by("name").values_list("name", flat=True))
