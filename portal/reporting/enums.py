from django.db import models


class RunState(models.TextChoices):
    BUILDING = "building", "正在生成"
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "送审"
    LOCKED = "locked", "已签发"
    FAILED = "failed", "生成失败"

    @property
    def tone(self) -> str:
        return {"building": "blue", "draft": "amber", "in_review": "blue", "locked": "green", "failed": "red"}[
            self.value
        ]


class FileFormat(models.TextChoices):
    PDF = "pdf", "PDF（公文版式）"
    XLSX = "xlsx", "XLSX（电子表格）"
