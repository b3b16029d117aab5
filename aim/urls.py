"""All addresses of the site: each app brings its own."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path

from aim import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("aim.web.urls")),
    path("", include("metering.urls")),
    path("", include("devices.urls")),
    path("", include("events.urls")),
    path("", include("headend.urls")),
    path("", include("validation.urls")),
    path("", include("reports.urls")),
    path("", include("integration.urls_pages")),
    path("sign-in/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/", include("integration.description_urls")),
    path("api/v1/", include("integration.urls")),
]

handler403 = "aim.web.errors.forbidden"
handler404 = "aim.web.errors.not_found"
