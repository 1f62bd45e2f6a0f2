"""Signs of health for load balancers, watchers and `scripts/start`: no sign-in, no data."""

from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from portal.access.policy import Policy, policy
from portal.jobs.selectors import background_problems

_seen: dict[str, bool] = {}


@policy(Policy.public())
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@policy(Policy.public())
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the portal can do its work; else 503 with the reasons in Chinese."""
    reasons = not_ready_reasons()
    answer: dict[str, Any] = {"ready": not reasons, "reasons": reasons}
    response = JsonResponse(answer, status=503 if reasons else 200, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def not_ready_reasons() -> list[str]:
    """Database, migrations, then the heartbeats of background work; what builds on a broken part is not asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not are_migrations_applied():
            return ["数据库结构不是最新，请执行 scripts/manage migrate。"]
        return background_problems(timezone.now())
    except DatabaseError:
        return ["数据库无法连接，请检查数据库服务和磁盘空间。"]


def are_migrations_applied() -> bool:
    """Whether the database has every migration of this code; once it has, this process need not look again."""
    if not _seen.get("migrated"):
        executor = MigrationExecutor(connection)
        _seen["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen["migrated"]
