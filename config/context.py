"""What every page knows of the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Demo mode and the operator's particulars."""
    return {"is_demo": settings.ACCREDITATION_DEMO, "site_operator": settings.SITE_OPERATOR}
