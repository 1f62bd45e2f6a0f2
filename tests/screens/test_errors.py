"""Error pages: one for every kind of failure, shown without a database, with cause, remedy and number."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from portal.regulations.rules import ConfigurationError
from portal.screens import errors


@pytest.fixture
def request_(rf: Any) -> HttpRequest:
    return rf.get("/anything/")


@pytest.mark.parametrize(
    ("page", "status", "title"),
    [
        (errors.bad_request, 400, "这次提交没有被接受"),
        (errors.permission_denied, 403, "您没有这项权限"),
        (errors.csrf_failure, 403, "页面已过期，本次提交没有完成"),
        (errors.not_found, 404, "没有找到这个页面"),
        (errors.method_not_allowed, 405, "这个地址不能这样访问"),
        (errors.too_large, 413, "上传的内容太大"),
        (errors.too_many, 429, "尝试次数过多，请稍后再试"),
        (errors.server_error, 500, "系统出现问题，本次操作没有完成"),
        (errors.unavailable, 503, "系统正在维护或繁忙"),
        (errors.disk_full, 503, "服务器存储空间已满，本次操作没有保存"),
    ],
)
def test_page_needs_no_database(
    request_: HttpRequest, page: Callable[[HttpRequest], HttpResponse], status: int, title: str
) -> None:
    response = page(request_)
    assert response.status_code == status
    assert f'<h1 id="error-title">{title}</h1>' in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_too_large_form_is_413(request_: HttpRequest) -> None:
    assert errors.bad_request(request_, RequestDataTooBig()).status_code == 413
    assert errors.bad_request(request_, SuspiciousOperation()).status_code == 400


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (OperationalError("could not connect to server"), "系统正在维护或繁忙"),
        (OperationalError("database or disk is full"), "服务器存储空间已满，本次操作没有保存"),
        (OSError(errno.ENOSPC, "No space left on device"), "服务器存储空间已满，本次操作没有保存"),
        (ConfigurationError("规则参数 x 没有取值。", "请录入后再试。"), "规则参数或工作日历不全"),
        (KeyError("x"), "系统出现问题，本次操作没有完成"),
    ],
)
def test_failure_of_the_server_is_told_by_its_cause(request_: HttpRequest, error: Exception, title: str) -> None:
    try:
        raise error
    except Exception:
        response = errors.server_error(request_)
    assert f"<title>错误：{title} - " in response.content.decode()


def test_page_without_assets_still_says_what_happened(request_: HttpRequest, settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    response = errors.server_error(request_)
    assert response.status_code == 500
    assert "<h1>系统出现问题，本次操作没有完成</h1>" in response.content.decode()
