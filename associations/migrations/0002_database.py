"""Nobody shares a role: assignments of one association and role do not overlap."""

from django.db import migrations

from portal.overlaps import no_overlap


class Migration(migrations.Migration):
    dependencies = [("associations", "0001_initial")]
    operations = [no_overlap("associations_assignment", "assignment_no_overlap", "association_id + 0", "role || ''")]
