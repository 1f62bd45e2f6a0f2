"""Lock-out after repeated failures: by user and address, and, with a higher limit, by user alone."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from portal.screens.errors import render_error


class LockoutHandler(AxesDatabaseHandler):
    """Counts failures on one scale, so that the limit of 5 by address equals the limit of 20 by user alone.

    A stranger who fails on purpose from his own address must not lock a secretary out of hers at once, and many
    addresses together must not guess without end.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        by_address, by_user = (
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(by_address, by_user * settings.AXES_FAILURE_LIMIT // settings.LOCKOUT_BY_USER_LIMIT)


def locked_out_response(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """The page a locked-out person sees: how long, and whom to ask."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render_error(
        request,
        429,
        title="登录已暂时锁定",
        cause=f"该账号连续登录失败次数过多，系统已暂停其登录 {minutes} 分钟。",
        remedy=f"请在 {minutes} 分钟后重试；忘记密码的，请联系本单位的门户联系人重置。",
    )
