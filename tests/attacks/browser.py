"""A browser for thousands of calls."""

from __future__ import annotations

from typing import Any

from django.test import Client


class Browser(Client):
    """A test browser that does not copy the context of every template: nobody here looks at it."""

    def request(self, **request: Any) -> Any:
        """The answer of the site."""
        environ = self._base_environ(**request)
        answer = self.handler(environ)
        if answer.cookies:
            self.cookies.update(answer.cookies)
        return answer
