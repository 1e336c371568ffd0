"""Django's settings. What differs between installations comes from the environment:

ZHANGFA_ENV (demo, development, production, test), ZHANGFA_HOME, DATABASE_URL, ZHANGFA_HOSTS,
ZHANGFA_ORIGINS, ZHANGFA_BEHIND_PROXY, ZHANGFA_EVENTS_URL; docs/how-to/deploy.md explains each.
"""

from __future__ import annotations

import os
from pathlib import Path

from zhangfa.config import databases, places

PACKAGE = places.PACKAGE
HOME: Path = places.home()
ENVIRONMENT = places.environment()
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"


def _words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


SECRET_KEY = places.secret(HOME / "secret") if not TESTING else "for-tests-only"
DEBUG = ENVIRONMENT == "development" and os.environ.get("ZHANGFA_DEBUG") == "1"
ALLOWED_HOSTS = _words("ZHANGFA_HOSTS") or ([] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = _words("ZHANGFA_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "zhangfa.records",
]
MIDDLEWARE = [
    "zhangfa.config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhangfa.config.csp.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "zhangfa.config.urls"
WSGI_APPLICATION = "zhangfa.config.wsgi.application"

DATABASES = {"default": databases.settings(databases.url(), pooled=not TESTING)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "zhangfa_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "environment": "zhangfa.web.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "zhangfa.web.context.frame",
                "zhangfa.web.events.address",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# Language and time
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale" / "build"]
LANGUAGE_COOKIE_NAME = "zhangfa_language"

# Static files: what the `assets` command makes; its sources in css/ and js/ are not served
STATIC_URL = "/static/"
STATICFILES_DIRS = [
    (folder.name, folder)
    for folder in sorted((PACKAGE / "web" / "static").glob("*/"))
    if folder.name not in ("css", "js")
]
STATIC_ROOT = places.make_folder(HOME / "static")
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MANIFEST_STRICT = False
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Signing in
AUTH_USER_MODEL = "records.Person"
AUTHENTICATION_BACKENDS = ["zhangfa.config.accounts.SignedIn"]
SESSION_ENGINE = "zhangfa.config.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "zhangfa.config.accounts.CompanyAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhangfa"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SESSION_COOKIE_NAME = "zhangfa_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Security; TLS ends at the proxy in front, production refuses to speak without it
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
if os.environ.get("ZHANGFA_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"

# Events: the hub listens on its own port unless a proxy brings it under one address
EVENTS_PORT = int(os.environ.get("ZHANGFA_EVENTS_PORT", "8001"))
EVENTS_URL = os.environ.get("ZHANGFA_EVENTS_URL", "")

# Jobs
PROCRASTINATE_IMPORT_PATHS = ["zhangfa.imports.tasks"]

EMAIL_BACKEND = "django.core.mail.backends.{}.EmailBackend".format(
    "smtp" if os.environ.get("ZHANGFA_MAIL_HOST") else "console"
)
EMAIL_HOST = os.environ.get("ZHANGFA_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("ZHANGFA_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ZHANGFA_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ZHANGFA_MAIL_PASSWORD", "")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("ZHANGFA_MAIL_FROM", "zhangfa@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"zhangfa": {"level": "INFO"}},
}
