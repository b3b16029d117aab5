"""Django settings: everything that differs between installations comes from the environment, declared here.

`docs/reference/settings.md` lists the variables; `manage.py check` names every bad value.
"""

from datetime import timedelta
from pathlib import Path

from aim import database, embedded, keys, logs, places
from aim.env import env
from aim.rest.settings import REST_FRAMEWORK as REST_FRAMEWORK
from aim.rest.settings import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS

BASE_DIR = places.BASE
VAR = places.VAR
DEBUG = env.flag("OPENAIM_DEBUG", False, "Show the cause of errors in the browser. Never on a machine others reach.")
SECRET_KEY = env.text(
    "OPENAIM_SECRET_KEY",
    "",
    "Secret that signs sessions; the same on all hosts.",
    shown="made once, kept in var/secret.key",
) or keys.text_secret(VAR / "secret.key")
MASTER_KEY_FILE: Path = env.path(
    "OPENAIM_MASTER_KEY_FILE",
    VAR / "master.key",
    "File with the 32-byte master key that encrypts device keys; made once if absent. Losing it loses all device keys.",
    "var/master.key",
)
MASTER_KEY = env.text(
    "OPENAIM_MASTER_KEY",
    "",
    "The master key itself, 64 hexadecimal digits, where it comes from a secret store; then there is no file.",
)
FORMER_MASTER_KEY_FILE = env.text(
    "OPENAIM_FORMER_MASTER_KEY_FILE",
    "",
    "File with the master key that was used before, until `manage.py keys reseal` has ended.",
)
AUDIT_KEY_FILE: Path = env.path(
    "OPENAIM_AUDIT_KEY_FILE",
    VAR / "audit.key",
    "File with the key that signs checkpoints of the audit trail; made once if absent, the same for every scheduler.",
    "var/audit.key",
)
SIGNING_KEY_FILE: Path = env.path(
    "OPENAIM_SIGNING_KEY_FILE",
    VAR / "signing.key",
    "File with the 32-byte private key (P-256) this head-end signs with; made once if absent. Meters with HLS 7 know "
    "its public part, which `manage.py signing_key` prints.",
    "var/signing.key",
)

SYSTEM_TITLE: bytes = env.octets(
    "OPENAIM_SYSTEM_TITLE",
    "41494D0000000001",
    "DLMS system title of this head-end; meters may know it, so it stays the same for ever.",
    size=8,
)

PUSH_TCP = env.text("OPENAIM_PUSH_TCP", "127.0.0.1:4060", "HOST:PORT at which pushes over TCP are taken; - for none.")
PUSH_UDP = env.text("OPENAIM_PUSH_UDP", "127.0.0.1:4060", "HOST:PORT at which pushes over UDP are taken; - for none.")
PUSH_TLS = env.text("OPENAIM_PUSH_TLS", "", "HOST:PORT at which pushes over TLS are taken; needs certificate and key.")
PUSH_CERTIFICATE: Path = env.path(
    "OPENAIM_PUSH_CERTIFICATE", VAR / "push.pem", "Certificate chain (PEM) shown to devices that push over TLS.",
    "var/push.pem",
)  # fmt: skip
PUSH_KEY: Path = env.path(
    "OPENAIM_PUSH_KEY", VAR / "push.key", "Private key (PEM) of that certificate.", "var/push.key"
)
PUSH_TEXT = env.text(
    "OPENAIM_PUSH_TEXT", "",
    "HOST:PORT at which read-outs of IEC 62056-21 meters that speak unasked (mode D) are taken; nothing protects them.",
    shown="none",
)  # fmt: skip
PUSH_CONNECTIONS = env.integer(
    "OPENAIM_PUSH_CONNECTIONS", 100, "Connections for pushes that one address may have open at once.",
    minimum=1, maximum=100_000,
)  # fmt: skip
PUSH_MESSAGES = env.integer(
    "OPENAIM_PUSH_MESSAGES", 200, "Pushes a second that are taken from one address; what comes faster waits.",
    minimum=1, maximum=1_000_000,
)  # fmt: skip

PUSH_MQTT = env.url(
    "OPENAIM_PUSH_MQTT", "MQTT broker that pushes are taken from; mqtts is TLS. Without a port 1883, 8883 with TLS.",
    schemes=["mqtt", "mqtts"], shown="none: no MQTT",
)  # fmt: skip
PUSH_MQTT_TOPICS = env.words(
    "OPENAIM_PUSH_MQTT_TOPICS", ["push/#"], "Topics of pushes at the broker; + and # as in MQTT."
)
PUSH_MQTT_CLIENT = env.text(
    "OPENAIM_PUSH_MQTT_CLIENT", "openaim",
    "Client id at the broker, under which it keeps what comes while nobody listens; another one for every listener.",
)  # fmt: skip
PUSH_MQTT_SHARE = env.text(
    "OPENAIM_PUSH_MQTT_SHARE", "", "Group of a shared subscription: the broker deals pushes out among its listeners.",
    shown="none",
)  # fmt: skip
PUSH_MQTT_USER = env.text("OPENAIM_PUSH_MQTT_USER", "", "User name at the broker.", shown="none")
PUSH_MQTT_PASSWORD = env.text("OPENAIM_PUSH_MQTT_PASSWORD", "", "Password at the broker.", shown="none")
PUSH_MQTT_AUTHORITIES = env.text(
    "OPENAIM_PUSH_MQTT_AUTHORITIES", "", "File of the certificate authorities (PEM) that may vouch for the broker.",
    shown="those of the system",
)  # fmt: skip

COMMUNICATION_DAYS = env.integer(
    "OPENAIM_COMMUNICATION_DAYS", 60, "How many days jobs and the steps of their sessions are kept; values stay.",
    minimum=1, maximum=3660,
)  # fmt: skip

NETWORK_DAYS = env.integer(
    "OPENAIM_NETWORK_DAYS", 90, "How many days it is kept how devices stood in the mobile network.",
    minimum=1, maximum=3660,
)  # fmt: skip
CELLS_FROM_DEVICES = env.flag(
    "OPENAIM_CELLS_FROM_DEVICES", True,
    "The cell and APN on file follow what devices tell; limits of network segments go by them.",
)  # fmt: skip

SILENT_DAYS = env.integer(
    "OPENAIM_SILENT_DAYS", 7, "After how many days without contact a device is in error.", minimum=1, maximum=366
)

FRAME_DAYS = env.integer(
    "OPENAIM_FRAME_DAYS", 14, "How many days the octets of sessions are kept, where a job keeps them.",
    minimum=1, maximum=3660,
)  # fmt: skip

EVENT_DAYS = env.integer(
    "OPENAIM_EVENT_DAYS", 1_100, "How many days events are kept after they were received.", minimum=7, maximum=36_600
)

EMAIL_HOST = env.text("OPENAIM_EMAIL_HOST", "", "Mail server that alarms are sent through.", shown="none: no e-mail")
EMAIL_PORT = env.integer("OPENAIM_EMAIL_PORT", 587, "Port of the mail server.", minimum=1, maximum=65535)
_EMAIL_SECURITY = env.choice(
    "OPENAIM_EMAIL_SECURITY", "starttls", "How the line to the mail server is protected.",
    choices=["starttls", "tls", "none"],
)  # fmt: skip
EMAIL_USE_TLS, EMAIL_USE_SSL = _EMAIL_SECURITY == "starttls", _EMAIL_SECURITY == "tls"
EMAIL_HOST_USER = env.text("OPENAIM_EMAIL_USER", "", "User name at the mail server.", shown="none")
EMAIL_HOST_PASSWORD = env.text("OPENAIM_EMAIL_PASSWORD", "", "Password at the mail server.", shown="none")
DEFAULT_FROM_EMAIL = env.text("OPENAIM_EMAIL_FROM", "openaim@localhost", "Sender of the e-mails of this system.")
WEBHOOK_NETWORKS = env.networks(
    "OPENAIM_WEBHOOK_NETWORKS",
    [],
    "Networks that webhooks may reach beside public addresses, such as 192.0.2.0/24.",
)
WEBHOOK_AUTHORITIES: Path | None = (
    Path(authorities)
    if (
        authorities := env.text(
            "OPENAIM_WEBHOOK_AUTHORITIES", "", "File of further certificate authorities that webhooks trust (PEM).",
            shown="none",
        )
    )
    else None
)  # fmt: skip

FILES: Path = env.path(
    "OPENAIM_FILES",
    VAR / "files",
    "Folder of files given to imports and made by exports, and of archived periods; every process must reach it.",
    "var/files",
)
DEVICE_MODELS: Path = env.path(
    "OPENAIM_DEVICE_MODELS",
    VAR / "device-models",
    "Folder of device description files of one's own; one of the same name goes before that of the product.",
    "var/device-models",
)
UPLOAD_BYTES = (
    env.integer("OPENAIM_UPLOAD_MB", 4_096, "Largest file an import takes, in megabytes.", minimum=1, maximum=1_000_000)
    * 1_000_000
)
EXPORT_BYTES = (
    env.integer(
        "OPENAIM_EXPORT_MB", 65_536, "Largest file an export makes, in megabytes.", minimum=1, maximum=1_000_000
    )
    * 1_000_000
)
FILE_DAYS = env.integer(
    "OPENAIM_FILE_DAYS", 90, "How many days files of imports and exports are kept; what they brought stays.",
    minimum=1, maximum=3660,
)  # fmt: skip

ALLOWED_HOSTS = env.words("OPENAIM_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "Host names the site answers to.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]

INSTALLED_APPS = [
    "aim",
    "reports",
    "integration",
    "validation",
    "headend",
    "events",
    "devices",
    "metering",
    "access",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "auditlog",
    "axes",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "aim.middleware.CallerMiddleware",
    "aim.middleware.ActionMiddleware",
    "aim.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aim.middleware.HistoryMiddleware",
    "aim.web.scope.ZoneMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "aim.urls"
WSGI_APPLICATION = "aim.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASE_POOL = env.integer(
    "OPENAIM_DATABASE_POOL", 0, "Database connections a web process shares among its threads; 0: one per thread.",
    minimum=0, maximum=200,
)  # fmt: skip
DATABASES = {"default": database.from_url(places.DATABASE_URL or embedded.server_url(), DATABASE_POOL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = places.REDIS_URL or embedded.redis_url()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# Job rows are the truth and Celery only says "there is work": no results are kept, an unfinished task is given again.
CELERY_BROKER_URL = database.broker_url(REDIS_URL)
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "bulk"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# A try during the lock-out does not prolong it, so nobody keeps another person out by trying on.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AUDITLOG_CID_GETTER = "aim.action.current_action"

HTTPS = env.flag("OPENAIM_HTTPS", False, "The site is reached over HTTPS: secure cookies, HSTS, plain HTTP redirected.")
PROXY = env.flag(
    "OPENAIM_PROXY",
    False,
    "Behind a proxy that sets X-Forwarded-Proto, whatever it receives, and adds its caller to X-Forwarded-For.",
)
PROXIES = env.networks(
    "OPENAIM_PROXIES",
    ["127.0.0.0/8", "::1"],
    "Addresses of the proxies; the nearest other one in the chain is the caller.",
)
if PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Probes of load balancers speak plain HTTP.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "openaim_session"
CSRF_COOKIE_NAME = "openaim_csrf"
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = env.text(
    "OPENAIM_METRICS_TOKEN", "", "Bearer token for /metrics from other hosts.", shown="none: /metrics on loopback only"
)

# Read by gunicorn.conf.py and script/demo, declared here with the others.
WEB_PORT = env.integer("PORT", 8000, "Port of the web process, on loopback.", minimum=1, maximum=65535)
WEB_THREADS = env.integer("OPENAIM_WEB_THREADS", 8, "Threads of a web process.", minimum=1, maximum=64)
WEB_PROCESSES = env.integer("WEB_CONCURRENCY", 1, "Web processes; each counts its own metrics.", minimum=1, maximum=64)

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_PACKED = (
    env.choice(
        "OPENAIM_STATIC", "plain" if DEBUG else "packed",
        "Static files as collectstatic packed them (hashed names, compressed), or plain from their folders.",
        choices=["packed", "plain"],
    ) == "packed"
)  # fmt: skip
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "aim.web.storage.PackedStaticFiles"
        if STATIC_PACKED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_PACKED
MEDIA_ROOT = VAR / "media"

LOGGING_CONFIG = None
logs.configure(
    level=env.choice(
        "OPENAIM_LOG_LEVEL", "INFO", "Least severe log lines to write.", choices=["DEBUG", "INFO", "WARNING", "ERROR"]
    ),
    form=env.choice("OPENAIM_LOG_FORMAT", "console", "Log lines for people or machines.", choices=["console", "json"]),
)
