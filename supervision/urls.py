"""Every address of the wing; each subject brings its own."""

from supervision.discipline.urls import urlpatterns as discipline
from supervision.inspections.urls import urlpatterns as inspections
from supervision.precedence.urls import urlpatterns as precedence
from supervision.reviews.urls import urlpatterns as reviews
from supervision.rounds.urls import urlpatterns as rounds

app_name = "supervision"
urlpatterns = [*rounds, *discipline, *inspections, *reviews, *precedence]
