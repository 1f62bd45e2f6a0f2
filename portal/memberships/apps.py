from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "portal.memberships"
    verbose_name = "任职身份"
