from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    name = "associations"
    verbose_name = "社会组织"

    def ready(self) -> None:
        from associations.registry.directory import DepartmentResource
        from associations.registry.resources import AssociationResource
        from portal import importing

        importing.register(DepartmentResource.kind, DepartmentResource)
        importing.register(AssociationResource.kind, AssociationResource)
