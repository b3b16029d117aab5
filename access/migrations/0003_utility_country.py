from django.db import migrations, models

import access.public_holidays


class Migration(migrations.Migration):
    dependencies = [("access", "0002_audit_insert_only")]
    operations = [
        migrations.AddField(
            model_name="utility",
            name="country",
            field=models.CharField(
                blank=True,
                default="",
                max_length=2,
                validators=[access.public_holidays.validate_country],
                help_text="Whose public holidays count as Sundays: two letters, e.g. FI. Empty: there are none.",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="utility",
            name="subdivision",
            field=models.CharField(
                blank=True,
                default="",
                max_length=16,
                verbose_name="part of the country",
                help_text="Where it has holidays of its own, e.g. BY in DE.",
            ),
            preserve_default=False,
        ),
    ]
