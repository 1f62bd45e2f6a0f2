"""One settings file for every mode; what differs comes from `portal.env`."""

from datetime import timedelta

from csp.constants import NONE, SELF

from portal.env import ROOT, read_environment

ENVIRONMENT = read_environment()
BASE_DIR = ROOT
PORTAL_DATA = ENVIRONMENT.data
PORTAL_MODE = ENVIRONMENT.mode
# The broker of background work; empty means a folder under PORTAL_DATA.
REDIS_URL = ENVIRONMENT.redis_url
# Names a function (user, membership_id, on) -> Actor | None, so that the foundation need not know memberships.
PORTAL_ACTOR_LOADER = "portal.memberships.services.load_actor"
# Who acts for a body: the roof knows memberships, the foundation and the wings ask by this name.
PORTAL_PEOPLE_FINDER = "portal.memberships.selectors.people_at"

SECRET_KEY = ENVIRONMENT.secret_key
# Personal numbers at rest: the key ring (a demonstration's own lies under PORTAL_DATA), and the cipher of new values.
PORTAL_KEY_RING = ENVIRONMENT.key_ring
PORTAL_CIPHER = ENVIRONMENT.cipher
# How many full numbers one user may look at within an hour; more leave by an approved export.
PORTAL_REVEALS_PER_HOUR = ENVIRONMENT.reveals_per_hour
# The province whose department works here: what its staff look from, and what figures are compared within.
PORTAL_PROVINCE = ENVIRONMENT.province
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins
PORTAL_TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies

INSTALLED_APPS = [
    "portal.access",
    "portal.accounts",
    "portal.audit",
    "portal.privacy",
    "portal.people",
    "portal.regions",
    "portal.regulations",
    "portal.workflow",
    "portal.jobs",
    "portal.files",
    "portal.importing",
    "portal.screens",
    "portal.exporting",
    "portal.reporting",
    "portal.notices",
    "portal.publishing",
    "associations",
    "partybuilding",
    "supervision",
    "campaigns",
    "portal.memberships",
    "portal.home",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "axes",
]

MIDDLEWARE = [
    "portal.access.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.accounts.middleware.SessionLimitMiddleware",
    "portal.accounts.middleware.PasswordDueMiddleware",
    "portal.access.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "portal.access.context.access",
                "portal.screens.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The empty choice of a filter
FILTERS_EMPTY_CHOICE_LABEL = "不限"

# Database ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "portal.accounts.backends.AccountBackend",
    "portal.accounts.backends.ActivationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.accounts.passwords.NotLikeTheName"},
    {"NAME": "portal.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "portal.accounts.passwords.NotCommon"},
    {"NAME": "portal.accounts.passwords.NotOnlyDigits"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"

AXES_HANDLER = "portal.accounts.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username"]
AXES_FAILURE_LIMIT = 5
# A whole office may sit behind one address; a user is locked for every address only after four times as many failures.
LOCKOUT_BY_USER_LIMIT = 20
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "portal.accounts.lockout.locked_out_response"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "new_password1", "new_password2"]

SESSION_ENGINE = "portal.accounts.sessions"
SESSION_IDLE_LIMIT = timedelta(minutes=30)
SESSION_ABSOLUTE_LIMIT = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_LIMIT.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.screens.errors.csrf_failure"

# HTTPS (production only; a demonstration answers on loopback) ------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.is_production
SECURE_HSTS_SECONDS = 31536000 if ENVIRONMENT.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.is_production
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if ENVIRONMENT.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
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
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Language, time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# Assets -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = PORTAL_DATA / "static"
STATICFILES_DIRS = [ROOT / "static", *([ROOT / "build" / "assets"] if (ROOT / "build" / "assets").is_dir() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Uploads: 50 MB by browser (import-contract.md); larger ones go through the command line --------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
IMPORT_BROWSER_LIMIT = 50 * 1024 * 1024

# Cache ------------------------------------------------------------------------------------------------------------
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENVIRONMENT.redis_url}
        if ENVIRONMENT.redis_url
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# Logs: one JSON line on stderr each; no bodies, query strings or SQL parameters ------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.access.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level, "propagate": False},
        "django.db.backends": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
