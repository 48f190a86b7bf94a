"""The app of certificates: stores what the library issues and shows it to the public."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Label `certificates`."""

    name = "certificates"
    default_auto_field = "django.db.models.BigAutoField"
