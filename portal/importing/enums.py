"""Choices of imports: ASCII code, Chinese label."""

from django.db import models


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", "已上传"
    STAGING = "staging", "正在校验"
    PREVIEWED = "previewed", "待写入"
    COMMITTING = "committing", "正在写入"
    COMMITTED = "committed", "已写入"
    UNDONE = "undone", "已撤销"
    REFUSED = "refused", "未能读取"
    EXPIRED = "expired", "已过期"


STATE_TONES = {
    BatchState.UPLOADED: "info",
    BatchState.STAGING: "info",
    BatchState.PREVIEWED: "warning",
    BatchState.COMMITTING: "info",
    BatchState.COMMITTED: "success",
    BatchState.UNDONE: "neutral",
    BatchState.REFUSED: "danger",
    BatchState.EXPIRED: "neutral",
}
OPEN_STATES = frozenset({BatchState.UPLOADED, BatchState.STAGING, BatchState.PREVIEWED})


class Outcome(models.TextChoices):
    """What happens to one row of the file."""

    NEW = "new", "新增"
    CHANGED = "changed", "更新"
    SAME = "same", "无变化"
    REJECTED = "rejected", "错误"


class Severity(models.TextChoices):
    """``note`` says what was set aside (a total, a footer), so that nothing disappears silently."""

    ERROR = "error", "错误"
    WARNING = "warning", "提醒"
    NOTE = "note", "说明"


class Action(models.TextChoices):
    INSERT = "insert", "新增"
    UPDATE = "update", "更新"


class Undo(models.TextChoices):
    NONE = "", "—"
    LEFT = "left", "导入后有变动，保留"


class DataSource(models.TextChoices):
    """Where the facts of a file come from; which may overwrite which is dated data."""

    REGISTRAR = "registrar", "登记管理机关"
    DOCUMENT = "document", "正式文件"
    COMMITTEE = "committee", "综合（行业）党委"
    CITY = "city", "市州报送"
    HAND = "hand", "手工整理"


class AbsenceDecision(models.TextChoices):
    """What a person decided about a record that a full list lacks."""

    OPEN = "", "未处理"
    KEPT = "kept", "保留不变"
    SETTLED = "settled", "已处理"


class Origin(models.TextChoices):
    BROWSER = "browser", "网页"
    COMMAND = "command", "命令行"
