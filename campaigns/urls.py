"""Every address of the wing; each subject brings its own."""

from campaigns.ballots.urls import urlpatterns as ballots
from campaigns.collecting.urls import urlpatterns as collecting
from campaigns.commendations.urls import urlpatterns as commendations
from campaigns.guidance.urls import urlpatterns as guidance
from campaigns.ledgers.urls import urlpatterns as ledgers
from campaigns.methods.urls import urlpatterns as methods
from campaigns.plans.urls import urlpatterns as plans
from campaigns.urging.urls import urlpatterns as urging

app_name = "campaigns"
urlpatterns = [
    *plans,
    *methods,
    *ledgers,
    *guidance,
    *commendations,
    *ballots,
    *urging,
    *collecting,
]
