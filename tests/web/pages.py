"""Pages over real models, declared the way an app declares them."""

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from access.models import User, Utility
from aim.web.bulk import BulkAction
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.empty import EmptyState
from aim.web.lists import TableView
from aim.web.tables import Column, Table
from aim.web.tones import State
from aim.web.widgets import DayRange

ACTIVE = State("Active", "ok")
INACTIVE = State("Inactive")


def deactivate(request: HttpRequest, rows: QuerySet[User]) -> str:
    rows.update(is_active=False)
    return "/users/?done=1"


class UserFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", field_name="username", lookup_expr="icontains")
    is_staff = django_filters.BooleanFilter(label="Staff")
    groups = django_filters.AllValuesMultipleFilter(label="Name", field_name="last_name")
    joined = django_filters.DateFromToRangeFilter(label="Joined", field_name="date_joined", widget=DayRange)

    class Meta:
        model = User
        fields = ["q", "is_staff", "groups", "joined"]


USERS = Table(
    name="users",
    label="Users",
    order="username",
    bar=("q",),
    page_size=25,
    columns=(
        Column("username", "User name", sort="username", fixed=True),
        Column("name", "Name", accessor="get_full_name"),
        Column("state", "State", accessor=lambda user: ACTIVE if user.is_active else INACTIVE, sort="is_active"),
        Column("seen", "Last sign-in", accessor="last_login", sort="last_login"),
        Column("email", "E-mail", sort="email", hidden=True),
    ),
    actions=(
        BulkAction(
            "deactivate",
            "Deactivate",
            "access.change_user",
            deactivate,
            "They can no longer sign in.",
            danger=True,
            eligible=lambda rows: rows.filter(is_superuser=False),
            excluded="administrators stay active.",
            typed="deactivate",
        ),
    ),
)


class UserList(TableView):
    permission_required = "access.view_user"
    table = USERS
    filterset_class = UserFilter
    title = "Users"
    empty = EmptyState("nothing", "No users yet", "Add the first one.", "/users/add/", "Add a user")

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.filter(~Q(username="hidden"))


class UtilityList(TableView):
    permission_required = "access.view_utility"
    model = Utility
    table = Table("utilities", "Utilities", (Column("name", "Name", sort="name", fixed=True),), order="name")


class UtilityPage(DetailPage):
    permission_required = "access.view_utility"
    model = Utility
    tabs = (
        Tab(
            "", "Overview", "web_tests/tab.html", context=lambda request, utility: {"said": f"zone {utility.time_zone}"}
        ),
        Tab("segments", "Segments", "web_tests/tab.html", count=lambda utility: utility.segments.count()),
        Tab("tokens", "Tokens", "web_tests/tab.html", permission="access.view_apitoken"),
    )

    def get_strip(self) -> list[Fact]:
        return [Fact("Code", self.object.code)]
