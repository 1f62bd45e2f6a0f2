"""Addresses of the wing: Party organisations, coverage, instructors."""

from partybuilding.affiliation.urls import urlpatterns as affiliation
from partybuilding.appraisal.urls import urlpatterns as appraisal
from partybuilding.care.urls import urlpatterns as care
from partybuilding.categories.urls import urlpatterns as categories
from partybuilding.census.urls import urlpatterns as census
from partybuilding.closing.urls import urlpatterns as closing
from partybuilding.commissions.urls import urlpatterns as commissions
from partybuilding.coverage.urls import urlpatterns as coverage
from partybuilding.cultivation.urls import urlpatterns as cultivation
from partybuilding.deliberation.urls import urlpatterns as deliberation
from partybuilding.development.urls import urlpatterns as development
from partybuilding.duties.urls import urlpatterns as duties
from partybuilding.embedding.urls import urlpatterns as embedding
from partybuilding.establishment.urls import urlpatterns as establishment
from partybuilding.floating.urls import urlpatterns as floating
from partybuilding.life.urls import urlpatterns as life
from partybuilding.linkages.urls import urlpatterns as linkages
from partybuilding.members.urls import urlpatterns as members
from partybuilding.organizations.urls import urlpatterns as organizations
from partybuilding.posts.urls import urlpatterns as posts
from partybuilding.returns.urls import urlpatterns as returns
from partybuilding.secretaries.urls import urlpatterns as secretaries
from partybuilding.standing.urls import urlpatterns as standing
from partybuilding.terms.urls import urlpatterns as terms
from partybuilding.training.urls import urlpatterns as training
from partybuilding.transfers.urls import urlpatterns as transfers

app_name = "partybuilding"
urlpatterns = [
    *affiliation,
    *organizations,
    *terms,
    *secretaries,
    *members,
    *transfers,
    *deliberation,
    *standing,
    *development,
    *duties,
    *linkages,
    *returns,
    *posts,
    *cultivation,
    *commissions,
    *training,
    *care,
    *floating,
    *coverage,
    *establishment,
    *embedding,
    *closing,
    *census,
    *categories,
    *life,
    *appraisal,
]
