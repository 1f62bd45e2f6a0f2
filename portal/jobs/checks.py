"""System check of the message transport."""

import os
import tempfile
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from portal.celery import broker_folder


def check_broker(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without Redis the bells go through a folder, and that must be ours to write."""
    if settings.REDIS_URL:
        return []
    folder = broker_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        os.unlink(name)
    except OSError as error:
        return [
            Error(
                f"后台任务的消息目录 {folder} 无法写入：{error.strerror}。",
                hint="请检查磁盘空间和目录权限，或设置 REDIS_URL 使用 Redis。",
                id="jobs.E001",
            )
        ]
    return []
