"""The Celery application: carries bells, keeps no results, knows no business."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
TRANSPORT_ALIASES["folder"] = "portal.jobs.folder:Transport"

# A run that hangs is stopped, and then tried again like one that was killed.
SOFT_TIME_LIMIT_SECONDS = 25 * 60
TIME_LIMIT_SECONDS = 30 * 60
MEMORY_LIMIT_KILOBYTES = 700_000


def broker_folder() -> Path:
    """Where bells lie when there is no Redis."""
    return Path(settings.PORTAL_DATA) / "broker"


def transport() -> dict[str, Any]:
    """The part of the configuration that depends on `REDIS_URL`."""
    if settings.REDIS_URL:
        return {
            "broker_url": settings.REDIS_URL.replace("unix://", "redis+socket://", 1),
            "broker_transport_options": {
                "visibility_timeout": 2 * TIME_LIMIT_SECONDS,
                "socket_connect_timeout": 2,
                "socket_timeout": 10,
            },
        }
    folder = broker_folder()
    # Where this fails, the system check says so, and a bell that cannot ring is only logged.
    with suppress(OSError):
        for part in ("queue", "control"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "folder://localhost",
        "broker_transport_options": {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.2,
        },
    }


def configuration() -> dict[str, Any]:
    return {
        **transport(),
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 2,
        "timezone": settings.TIME_ZONE,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": SOFT_TIME_LIMIT_SECONDS,
        "task_time_limit": TIME_LIMIT_SECONDS,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_max_memory_per_child": MEMORY_LIMIT_KILOBYTES,
        "worker_max_tasks_per_child": 200,
        "beat_schedule": {"tick": {"task": "jobs.tick", "schedule": 60.0, "options": {"expires": 55}}},
    }


app = Celery("portal")
app.add_defaults(configuration)


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Having a receiver keeps Celery from setting up its own; Django's settings already say how logs look."""


@beat_init.connect
def tick_at_once(**kwargs: Any) -> None:
    """What fell due while nobody watched is looked at now, not in a minute."""
    app.send_task("jobs.tick", expires=55)
