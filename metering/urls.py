"""Addresses of the metering pages. Built when all apps are ready, so that what they registered is there."""

from django.urls import path

from metering import panels
from metering.tables import points_table
from metering.views.change import ChangeChart, ChangeValues
from metering.views.comments import AddComment, WithdrawComment
from metering.views.point import OWN_TABS, PointPage
from metering.views.points import PointList
from metering.views.values import ValuesChart, ValuesPage
from metering.views.versions import ValueVersions

app_name = "metering"

_point = PointPage.as_view(tabs=panels.extensions.tabs(OWN_TABS))

urlpatterns = [
    path("metering-points/", PointList.as_view(table=points_table()), name="points"),
    path("metering-points/<int:pk>/", _point, name="point"),
    path("metering-points/<int:pk>/<slug:tab>/", _point, name="point"),
    path("values/", ValuesPage.as_view(), name="values"),
    path("values/chart.json", ValuesChart.as_view(), name="chart"),
    path("values/change/", ChangeValues.as_view(), name="change"),
    path("values/change/chart.json", ChangeChart.as_view(), name="change-chart"),
    path("values/comments/", AddComment.as_view(), name="add-comment"),
    path("values/comments/<int:pk>/withdraw/", WithdrawComment.as_view(), name="withdraw-comment"),
    path("values/<int:series>/<str:at>/", ValueVersions.as_view(), name="value"),
]
