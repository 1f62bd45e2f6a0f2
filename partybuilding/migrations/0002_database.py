"""The same two are never related twice at once."""

from django.db import migrations

from portal.overlaps import no_overlap


class Migration(migrations.Migration):
    dependencies = [("partybuilding", "0001_initial")]
    operations = [
        no_overlap(
            "partybuilding_coveredassociation", "covered_no_overlap", "organization_id + 0", "association_id + 0"
        ),
        no_overlap(
            "partybuilding_instructorassignment", "instructor_no_overlap", "instructor_id + 0", "association_id + 0"
        ),
        no_overlap("partybuilding_establishmentplan", "establishment_plan_no_overlap", "association_id + 0"),
        no_overlap("partybuilding_grouporganization", "group_no_overlap", "association_id + 0", "kind || ''"),
        no_overlap(
            "partybuilding_agreement",
            "agreement_no_overlap",
            "organization_id + 0",
            "association_id + 0",
            "kind || ''",
        ),
        no_overlap("partybuilding_secretary", "secretary_no_overlap", "organization_id + 0"),
    ]
