"""Settings, each read from the environment by a typed reader with a default that runs on one machine."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import environ
from bootstrap_wrapper import get_bootstrap_css_dir
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _secret_key(var_dir: Path) -> str:
    """The key of this installation, made once and kept readable by the owner only."""
    path = var_dir / "keys" / "django-secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


# --- What this installation is ---------------------------------------------------------------------------------
ACCREDITATION_DEMO: bool = env.bool("ACCREDITATION_DEMO", default=False)
VAR_DIR: Path = Path(env.str("ACCREDITATION_VAR", default=str(BASE_DIR / "var"))).resolve()
PUBLIC_BASE_URL: str = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_OPERATOR: dict[str, str] = {
    "host": env.str("SITE_HOST_BODY", default=""),
    "maintainer": env.str("SITE_MAINTAINER", default=""),
    "site_code": env.str("SITE_CODE", default=""),
    "icp": env.str("SITE_ICP", default=""),
    "police": env.str("SITE_POLICE", default=""),
    "phone": env.str("SITE_PHONE", default=""),
}

VAR_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY: str = env.str("DJANGO_SECRET_KEY", default="") or _secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS: list[str] = env.list("DJANGO_SECRET_KEY_FALLBACKS", default=[])
DEBUG: bool = env.bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS: list[str] = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])
HTTPS_ONLY: bool = PUBLIC_BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "accreditation",
    "workflows",
    "certificates",
    "config.apps.SiteConfig",
    "viewflow",
    "viewflow.workflow",
    "django_fsm",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "bootstrap_wrapper",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "config.visitor.VisitorAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ---------------------------------------------------------------------------------------------------
# SQLite: acknowledged writes survive power loss only with synchronous=FULL; DEFERRED transactions lose writers.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; PRAGMA journal_size_limit=67108864; PRAGMA mmap_size=134217728;"
    ),
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'accreditation.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {"ENGINE": "config.sqlite_gate", "OPTIONS": SQLITE_OPTIONS}
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- People -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accreditation.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_AGE: int = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- Log-in (django-allauth) ------------------------------------------------------------------------------------
# Counters of failed log-ins are shared by all processes of the site, so they cannot live in the memory of one.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
ACCOUNT_ADAPTER = "accreditation.services.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accreditation.forms.accounts.LoginForm",
    "reset_password": "accreditation.forms.accounts.ResetPasswordForm",
    "reset_password_from_key": "accreditation.forms.accounts.ResetPasswordKeyForm",
    "change_password": "accreditation.forms.accounts.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses without an account
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {  # `key` holds the account and the address, so that nobody can lock another out
    "login_failed": "20/m/ip,5/300s/key",
    "second_factor": "5/300s/key",
    "register": "20/h/ip",
}
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "accreditation.services.sign_in.SecondFactorAdapter"
MFA_TOTP_ISSUER: str = env.str("SITE_SHORT_NAME", default="企业技术中心认定平台")

# --- Language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files ------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS: list[Any] = [BASE_DIR / "config" / "static", ("bootstrap", get_bootstrap_css_dir())]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
EVIDENCE_DIR: Path = VAR_DIR / "evidence"
EVIDENCE_MAX_BYTES = 25 * 1024 * 1024
CLAMD_ADDRESS: str = env.str("CLAMD_ADDRESS", default="")  # host:port or path of a socket; empty: files are not scanned
CLAMD_SECONDS: float = env.float("CLAMD_SECONDS", default=20.0)  # for one file, from connecting to the answer
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# A QR code with the signed statement needs a print of 32 mm; the short form, the address alone, may be half that.
CERTIFICATE_QR_SIGNED: bool = env.bool("CERTIFICATE_QR_SIGNED", default=True)

# --- Transport and content security -----------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31536000 if HTTPS_ONLY else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Mail -------------------------------------------------------------------------------------------------------
# Without a mail server each mail is kept as a file under VAR_DIR/mail.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "config.mail.FileBackend"
DEFAULT_FROM_EMAIL: str = env.str("MAIL_FROM", default="noreply@example.invalid")

# --- Other ways out: off until an address is named ---------------------------------------------------------------
TEXT_GATEWAY_URL: str = env.str("TEXT_GATEWAY_URL", default="")  # of text messages
TEXT_GATEWAY_SECRET: str = env.str("TEXT_GATEWAY_SECRET", default="")
TEXT_GATEWAY_BODY: str = env.str("TEXT_GATEWAY_BODY", default='{"to": "{phone}", "text": "{text}", "id": "{key}"}')
WEBHOOKS: bool = env.bool("WEBHOOKS", default=False)  # calls to the addresses that an operator has entered
OUTGOING_SECONDS: float = env.float("OUTGOING_SECONDS", default=10.0)
# How far calls may reach: public, private (networks of authorities), local (this machine too, plain http there).
OUTGOING_REACH: str = env.str("OUTGOING_REACH", default="local" if ACCREDITATION_DEMO else "public")

# --- The signer's keys -------------------------------------------------------------------------------------------
# `serve` keeps these from the web process; certificates/signer_settings.py gives them their types.
_SIGNER_FILES = ("key", "chain", "password_file", "pin_file", "token_file", "authority")
_SIGNER_PLACES = ("library", "token", "url", "patience", "organisation")


def _key_options(prefix: str, *, backend: str) -> dict[str, str]:
    return {"backend": env.str(f"{prefix}_BACKEND", default=backend)} | {
        name: value
        for name in (*_SIGNER_FILES, *_SIGNER_PLACES)
        if (value := env.str(f"{prefix}_{name.upper()}", default=""))
    }


SIGNER: dict[str, str] = _key_options("SIGNER", backend="file")
CREDENTIAL: dict[str, str] = _key_options("CREDENTIAL", backend="file")
SM2: dict[str, str] = _key_options("SM2", backend="off")

# A time-stamp service (RFC 3161) for the archive; without it the local authority, which has a root of its own.
TIME_STAMPER: dict[str, str] = {
    name: value
    for name in ("url", "patience", "authority")
    if (value := env.str(f"TIME_STAMP_{name.upper()}", default=""))
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
