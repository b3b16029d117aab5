"""The MQTT broker that pushes are taken from."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

PORT, TLS_PORT = 1883, 8883


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and what is asked of it; `authorities` is a PEM file beside those of the system.

    With `share` the broker deals the messages out among all clients that name the same group.
    """

    host: str
    port: int
    topics: tuple[str, ...]
    client: str
    tls: bool = False
    authorities: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    share: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def filters(self) -> tuple[str, ...]:
        """The topics as they are subscribed to."""
        return tuple(f"$share/{self.share}/{topic}" for topic in self.topics) if self.share else self.topics


def broker_of_settings() -> Broker | None:
    """The broker the settings name, None for none. ValueError where they cannot be used; no message holds a secret."""
    if not settings.PUSH_MQTT:
        return None
    parts = urlsplit(settings.PUSH_MQTT)
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password do not belong into OPENAIM_PUSH_MQTT; they have settings of their own")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("OPENAIM_PUSH_MQTT is mqtt://HOST:PORT or mqtts://HOST:PORT")
    if not settings.PUSH_MQTT_TOPICS:
        raise ValueError("OPENAIM_PUSH_MQTT_TOPICS names no topic")
    if wrong := [topic for topic in settings.PUSH_MQTT_TOPICS if not is_filter(topic)]:
        raise ValueError(f"OPENAIM_PUSH_MQTT_TOPICS: {wrong[0]!r} is no topic of MQTT")
    if set(settings.PUSH_MQTT_SHARE) & set("/+#"):
        raise ValueError("OPENAIM_PUSH_MQTT_SHARE is a name without /, + and #")
    tls = parts.scheme == "mqtts"
    return Broker(
        parts.hostname,
        parts.port or (TLS_PORT if tls else PORT),
        tuple(settings.PUSH_MQTT_TOPICS),
        settings.PUSH_MQTT_CLIENT,
        tls=tls,
        authorities=settings.PUSH_MQTT_AUTHORITIES,
        user=settings.PUSH_MQTT_USER,
        password=settings.PUSH_MQTT_PASSWORD,
        share=settings.PUSH_MQTT_SHARE,
    )


def is_filter(topic: str) -> bool:
    """Whether a text is a topic filter of MQTT 3.1.1 (4.7.1): + a whole level, # the whole last one."""
    *levels, last = topic.split("/")
    whole = all(level == "+" or not set(level) & set("+#") for level in levels)
    return bool(topic) and whole and (last in ("+", "#") or not set(last) & set("+#"))
