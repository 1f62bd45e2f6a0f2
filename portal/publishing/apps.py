from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "portal.publishing"
    verbose_name = "公开发布"

    def ready(self) -> None:
        from portal import gates
        from portal.publishing.rules import THREE_NO, text_findings

        # Whoever publishes asks the guard of 三个不得; the texts answer for themselves, rounds through their wing.
        gates.expect(THREE_NO, "texts", "campaigns")
        gates.provide(THREE_NO, "texts", text_findings)
