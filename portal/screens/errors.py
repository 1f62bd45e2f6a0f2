"""Error pages: what happened, what to do, and a number to tell on the telephone. Never a code word, never a trace.

No page here asks the database: they must be shown when it is the database that failed.
"""

import errno
import logging
import sys
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

from portal.access.decisions import Conflict, Refused
from portal.access.requests import request_facts
from portal.regulations.rules import ConfigurationError
from portal.screens.values import plain_value

logger = logging.getLogger("portal.screens")
DISK_FULL = ("disk is full", "No space left on device")


@dataclass(frozen=True)
class Versions:
    """One field of a record that two people changed."""

    label: str
    theirs: Any
    ours: Any


def reference_number() -> str:
    """The number of the request, which is also in the log."""
    facts = request_facts.get()
    return facts.request_id if facts else ""


def render_error(
    request: HttpRequest, status: int, *, title: str, cause: str, remedy: str, detail: dict[str, Any] | None = None
) -> HttpResponse:
    """An error page in the plain frame: cause and remedy in full sentences. `detail` of a conflict has `ours` and
    `theirs`, each a mapping from what a field is called to its value."""
    ours = (detail or {}).get("ours") or {}
    theirs = (detail or {}).get("theirs") or {}
    versions = [
        Versions(str(label), _words(theirs.get(label)), _words(ours.get(label))) for label in {**theirs, **ours}
    ]
    context = {
        "status": status,
        "title": title,
        "cause": cause,
        "remedy": remedy,
        "versions": versions,
        "reference": reference_number(),
        "has_errors": True,
        "is_signed_in": getattr(request, "actor", None) is not None,
    }
    response = HttpResponse(_page(context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _page(context: dict[str, Any]) -> str:
    """The page; when even that fails (assets not built), the same words without any look."""
    try:
        return render_to_string("errors/error.html", context)
    except Exception:
        logger.exception("the error page itself failed")
        return format_html(
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{}</title>'
            "<h1>{}</h1><p>{}</p><p>{}</p><p>编号 {}</p></html>",
            *(context[name] for name in ("title", "title", "cause", "remedy", "reference")),
        )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400; a form that is larger than the limit is 413."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, exception)
    return render_error(
        request,
        400,
        title="这次提交没有被接受",
        cause="收到的内容不完整，或与本页面的要求不符。",
        remedy="请返回上一页，刷新后重新填写并提交。",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: mostly a page that stood open while somebody signed in again."""
    return render_error(
        request,
        403,
        title="页面已过期，本次提交没有完成",
        cause="这个页面打开之后，登录状态发生了变化。",
        remedy="请返回上一页并刷新，核对填写的内容后再提交一次。",
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return render_error(
        request,
        403,
        title="您没有这项权限",
        cause="您当前的身份不能打开这个页面或进行这项操作。",
        remedy="如您还有其他身份，请在页面右上角切换；确需办理的，请联系本单位管理员。",
    )


def refused(request: HttpRequest, exc: Refused) -> HttpResponse:
    """A service refused: the reason is already written for people."""
    return render_error(
        request,
        403,
        title="这项操作不能办理",
        cause=exc.reason,
        remedy="请核对上述原因后再办理；如有疑问，请联系业务主管处室并告知下面的编号。",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404; also what is outside the actor's scope."""
    return render_error(
        request,
        404,
        title="没有找到这个页面",
        cause="网址可能有误，内容可能已被移动，或者不在您当前身份的范围内。",
        remedy="请核对网址，或回到工作台从名单中查找；如您还有其他身份，请切换后再试。",
    )


def method_not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render_error(
        request,
        405,
        title="这个地址不能这样访问",
        cause=f"本页不接受 {request.method} 方式的访问。",
        remedy="请从页面上的链接或按钮进入。",
    )


def conflict(request: HttpRequest, exc: Conflict) -> HttpResponse:
    """Two people at one record: both versions in words, so that one can decide."""
    return render_error(
        request,
        409,
        title="这条记录刚刚被别人修改过",
        cause=exc.reason,
        remedy="请对照下面两份内容，返回上一页并刷新后再决定是否继续。您提交的内容可以从这里复制。",
        detail={"ours": exc.ours, "theirs": exc.theirs},
    )


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render_error(
        request,
        413,
        title="上传的内容太大",
        cause="提交的文件或文字超过了上限，没有保存。",
        remedy="请把文件分成几个较小的，或删去图片后重新上传。",
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render_error(
        request,
        429,
        title="尝试次数过多，请稍后再试",
        cause="短时间内的请求次数超过了上限，为保护账号已暂停。",
        remedy="请在 15 分钟后再试；急需办理的，请联系本单位管理员。",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; a database that does not answer and a full disk are told apart from our own mistakes."""
    error = sys.exc_info()[1]
    if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or any(words in str(error) for words in DISK_FULL):
        return disk_full(request)
    if isinstance(error, OperationalError):
        return unavailable(request, error)
    if isinstance(error, ConfigurationError):
        return render_error(request, 500, title="规则参数或工作日历不全", cause=error.cause, remedy=error.remedy)
    return render_error(
        request,
        500,
        title="系统出现问题，本次操作没有完成",
        cause="服务器在处理时出错，已经自动记录。",
        remedy="请稍后重试；仍不成功的，请电话联系系统管理员并告知下面的编号。",
    )


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render_error(
        request,
        503,
        title="系统正在维护或繁忙",
        cause="服务暂时不能提供，已经提交的内容不受影响。",
        remedy="请过几分钟再打开本页。",
    )


def disk_full(request: HttpRequest) -> HttpResponse:
    """Nothing can be written: what was sent is not kept."""
    return render_error(
        request,
        503,
        title="服务器存储空间已满，本次操作没有保存",
        cause="服务器磁盘没有剩余空间，系统暂时不能写入。",
        remedy="请保留您填写的内容，电话联系系统管理员清理磁盘并告知下面的编号，然后重新提交。",
    )


def _words(value: Any) -> Any:
    return "（未填写）" if value in (None, "") else plain_value(value)
