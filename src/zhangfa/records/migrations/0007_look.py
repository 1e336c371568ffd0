"""What the sweep looks at next stands in a narrow table of its own; a notice has fewer indexes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LOOKS = """
INSERT INTO records_look (owed_id, at)
SELECT id, coalesce(next_at, due - interval '1 minute') FROM records_owed
WHERE outcome = '' AND (next_at IS NOT NULL OR breached_at IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0006_lists_from_indexes")]
    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "owed",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="records.owed",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="look_at")]},
        ),
        migrations.RunSQL(LOOKS, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE records_owed SET (fillfactor = 80); "
            "ALTER TABLE records_look SET (fillfactor = 80)",
            "ALTER TABLE records_owed RESET (fillfactor)",
        ),
        migrations.RemoveIndex(model_name="owed", name="owed_sweep"),
        migrations.AlterField(
            model_name="notice", name="once", field=models.CharField(max_length=120)
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=["once"], name="notice_once"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="owed",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="records.owed",
            ),
        ),
    ]
