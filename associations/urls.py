"""Addresses of the wing: the register and the directory of bodies."""

from associations.checklists.urls import urlpatterns as checklists
from associations.directory.urls import urlpatterns as directory
from associations.evaluation.urls import urlpatterns as evaluation
from associations.governance.urls import urlpatterns as governance
from associations.library.urls import urlpatterns as library
from associations.registry.urls import urlpatterns as registry

app_name = "associations"
urlpatterns = [*registry, *governance, *directory, *checklists, *evaluation, *library]
