from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [("devices", "0006_groups")]
    operations: ClassVar[Any] = [
        migrations.AddField(
            model_name='device',
            name='apn',
            field=models.CharField(blank=True, help_text='Access point of the mobile network it uses.', max_length=100, verbose_name='APN'),
        ),
        migrations.AddField(
            model_name='device',
            name='cell',
            field=models.CharField(blank=True, help_text='Radio cell in which it was last known.', max_length=60),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('apn', ''), _negated=True), fields=['apn'], name='device_apn'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('cell', ''), _negated=True), fields=['cell'], name='device_cell'),
        ),
    ]
