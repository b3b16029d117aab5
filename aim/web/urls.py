"""Addresses of the shared web parts."""

from django.urls import path

from aim.web import icon, preferences, search, styleguide

app_name = "web"
urlpatterns = [
    path("favicon.ico", icon.favicon, name="favicon"),
    path("search/", search.view, name="search"),
    path("preferences/", preferences.save, name="preferences"),
    path("styleguide/", styleguide.page, name="styleguide"),
    path("styleguide/list/", styleguide.PermissionList.as_view(), name="styleguide-list"),
    path("styleguide/chart.json", styleguide.chart, name="styleguide-chart"),
    path("styleguide/chart/", styleguide.chart_page, name="styleguide-chart-page"),
]
