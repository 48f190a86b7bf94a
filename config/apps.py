"""The site as a Django app, so that its template tags, checks and commands are found."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Holds no models."""

    name = "config"
    label = "site"
