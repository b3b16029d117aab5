"""The style guide: every component alive on one page, for those who build pages. Open to administrators."""

from collections.abc import Callable
from functools import wraps

import django_filters
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aim.web import samples
from aim.web.bulk import BulkAction
from aim.web.charts import chart_response
from aim.web.empty import EmptyState
from aim.web.errors import forbidden
from aim.web.links import Crumb
from aim.web.lists import TableView
from aim.web.tables import Column, Table

MOST_DAYS = 366


def _administrators(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(view)
    def gate(request: HttpRequest) -> HttpResponse:
        return view(request) if request.user.is_staff else forbidden(request, permission="auth.view_permission")

    return login_required(gate)


@_administrators
def page(request: HttpRequest) -> HttpResponse:
    """Every component."""
    filled = samples.SampleForm({"serial": "", "medium": "ip"})
    context = {name.lower(): getattr(samples, name) for name in dir(samples) if name.isupper()}
    return render(request, "web/styleguide.html", context | {"form": filled, "bars": samples.completeness_bars()})


@_administrators
def chart_page(request: HttpRequest) -> HttpResponse:
    """The series chart alone, over `days` days (default 7); 365 is the drawing-time yardstick."""
    return render(request, "web/styleguide_chart.html", {"days": str(_days(request))})


@_administrators
def chart(request: HttpRequest) -> HttpResponse:
    """The sample chart's columns."""
    return chart_response(samples.sample_chart(_days(request)))


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "")
    return min(max(int(text), 1), MOST_DAYS) if text.isdigit() else 7


class PermissionFilter(django_filters.FilterSet):
    """Filters of the sample list."""

    name = django_filters.CharFilter(label="Name", lookup_expr="icontains")
    content_type__app_label = django_filters.AllValuesMultipleFilter(label="App")

    class Meta:
        model = Permission
        fields = ["name", "content_type__app_label"]


def _count(request: HttpRequest, rows: QuerySet[Permission]) -> str:
    return f"{request.path}?name={rows.count()}"


class PermissionList(TableView):
    """A living list: every permission the system knows, with filters, sorting, columns, pages, selection and export."""

    permission_required = "auth.view_permission"
    filterset_class = PermissionFilter
    title = "Permissions"
    lead = "A declared list over real rows: what roles can be made of."
    empty = EmptyState("nothing", "No permissions", "Run the migrations first.")
    table = Table(
        name="permissions",
        label="Permissions",
        order="name",
        bar=("name",),
        page_size=25,
        columns=(
            Column("name", "Name", sort="name", fixed=True),
            Column("codename", "Code", sort="codename"),
            Column("app", "App", sort="content_type__app_label", accessor="content_type.app_label"),
            Column("model", "Model", accessor="content_type.model", hidden=True),
            Column("id", "Id", sort="id", align="end"),
        ),
        actions=(
            BulkAction(
                "count", "Count", "auth.view_permission", _count, "Counts the selected permissions; changes nothing."
            ),
        ),
    )

    def get_queryset(self) -> QuerySet[Permission]:
        return Permission.objects.select_related("content_type").order_by("name")

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Style guide", "/styleguide/"), Crumb("List")]
