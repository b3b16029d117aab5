"""The site as these tests see it."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from tests.web.pages import UserList, UtilityList, UtilityPage

urlpatterns = [
    path("", include("aim.web.urls")),
    path("sign-in/", LoginView.as_view(), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("users/", UserList.as_view(), name="users"),
    path("utilities/", UtilityList.as_view(), name="utilities"),
    path("utilities/<int:pk>/", UtilityPage.as_view(), name="utility"),
    path("utilities/<int:pk>/<slug:tab>/", UtilityPage.as_view(), name="utility"),
]
handler403 = "aim.web.errors.forbidden"
handler404 = "aim.web.errors.not_found"
