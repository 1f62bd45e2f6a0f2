"""Nobody shares a role or a single post: such rows of one association do not overlap."""

from django.db import migrations

from portal.overlaps import no_overlap


class Migration(migrations.Migration):
    dependencies = [("associations", "0001_initial")]
    operations = [
        no_overlap("associations_assignment", "assignment_no_overlap", "association_id + 0", "role || ''"),
        no_overlap(
            "associations_officer",
            "officer_no_overlap",
            "association_id + 0",
            "post || ''",
            where="post IN ('president', 'secretary_general', 'legal_representative', 'chief_supervisor')",
        ),
    ]
