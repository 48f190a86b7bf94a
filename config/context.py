"""What every page needs besides its own contents: who is here, the links for them, the facts of the foot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.holdings import Holding
from accreditation.models import User
from accreditation.permissions import Person, holdings_of, is_applicant
from accreditation.roles import ROLES, Power, Role
from config.access import ACCESS
from config.navigation import ACCOUNT, FOOT, TOP, Entry


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the shell draws it."""

    href: str
    label: str
    is_current: bool = False
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the foot."""

    label: str
    value: str


class Allowed:
    """Which addresses the reader of the page may open, by URL name: `may.office_rules` in a template."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, url_name: str) -> bool:
        """Whether this installation has the address and the access table lets this person in. KeyError: undeclared."""
        return ACCESS[url_name].allows(self._request) and bool(address_of(url_name))


class Site:
    """Facts of the shell, each read only when the page asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.may = Allowed(request)
        self.demo: bool = settings.ACCREDITATION_DEMO
        self.operator: dict[str, str] = settings.SITE_OPERATOR

    @cached_property
    def user(self) -> User | None:
        """The person logged in, or None."""
        user: Person | None = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def _holdings(self) -> list[Holding]:
        return holdings_of(self.user) if self.user else []

    @cached_property
    def _is_applicant(self) -> bool:
        return self.user is not None and is_applicant(self.user)

    @cached_property
    def roles(self) -> list[Role]:
        """Roles held now, each once; what a colleague lends makes no role."""
        return list(dict.fromkeys(held.role for held in self._holdings if held.lender is None))

    @cached_property
    def powers(self) -> frozenset[Power]:
        """Powers of those roles, and those lent."""
        return frozenset(power for held in self._holdings for power in held.powers)

    @cached_property
    def role_names(self) -> str:
        """The roles in words."""
        return _("、").join(str(ROLES[role].label) for role in self.roles)

    @cached_property
    def navigation(self) -> list[Link]:
        """Links of the top bar for this person."""
        return self._links(TOP)

    @cached_property
    def account_links(self) -> list[Link]:
        """Links of the person's own menu."""
        return self._links(ACCOUNT)

    @cached_property
    def foot_links(self) -> list[Link]:
        """Links of the page foot."""
        return self._links(FOOT)

    @cached_property
    def person(self) -> str:
        """Name of the person logged in; empty for a visitor."""
        return str(self.user) if self.user else ""

    @cached_property
    def unread(self) -> int:
        """Messages not yet opened."""
        return self.user.inbox.filter(read_at__isnull=True).count() if self.user else 0

    @property
    def unread_words(self) -> str:
        """The same in words, for those who cannot see the badge."""
        return ngettext("%(n)d 条未读消息", "%(n)d 条未读消息", self.unread) % {"n": self.unread}

    @property
    def messages_href(self) -> str:
        """Address of the inbox of messages, for people with an account."""
        return address_of("messages_list") if self.user else ""

    @property
    def login_href(self) -> str:
        """Address of the log-in page."""
        return address_of("account_login")

    @property
    def logout_href(self) -> str:
        """Address that takes the log-out form."""
        return address_of("account_logout")

    @property
    def operator_lines(self) -> list[Fact]:
        """What a public site must state in its foot (国办发〔2017〕47号); empty settings leave no line."""
        labels = {
            "host": _("主办单位"),
            "maintainer": _("承办单位"),
            "site_code": _("网站标识码"),
            "icp": _("备案号"),
            "police": _("公安备案"),
            "phone": _("联系电话"),
        }
        return [Fact(label, self.operator[key]) for key, label in labels.items() if self.operator.get(key)]

    def _links(self, entries: Iterable[Entry]) -> list[Link]:
        reachable = [entry for entry in entries if address_of(entry.url_name)]
        return [self._link(entry) for entry in reachable if entry.is_for(self.powers, self._is_applicant)]

    def _link(self, entry: Entry) -> Link:
        href, path = address_of(entry.url_name), self.request.path
        is_current = path == href or (href != "/" and path.startswith(href))
        return Link(href, str(entry.label), is_current, path == href)


def address_of(url_name: str) -> str:
    """Address of a declared URL name; empty for one that this installation does not offer."""
    policy = ACCESS.get(url_name)
    if policy is None or (policy.demo_only and not settings.ACCREDITATION_DEMO):
        return ""
    try:
        return reverse(url_name)
    except NoReverseMatch:  # declared in the access table, left out of the addresses of this installation
        return ""


def site(request: HttpRequest) -> dict[str, object]:
    """Context processor: `shell` (allauth's own views already use the name `site`), and the demo mode by itself."""
    return {"shell": Site(request), "is_demo": settings.ACCREDITATION_DEMO}
