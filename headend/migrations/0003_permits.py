from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("devices", "0002_ways_and_keys"),
        ("headend", "0002_targets"),
    ]
    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name='ClockCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(help_text='True time of the correction.')),
                ('before_s', models.FloatField(help_text='Device clock minus true time before.')),
                ('after_s', models.FloatField(help_text='The same, read back.', null=True)),
                ('how', models.CharField(choices=[('shifted', 'Shifted'), ('set', 'Set'), ('refused', 'Refused by the device')], max_length=12)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='ClockPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enabled', models.BooleanField(default=False)),
                ('tolerance_s', models.PositiveIntegerField(default=10, help_text='Up to this deviation nothing is done: transmission alone may explain it.', validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(86400)], verbose_name='tolerance (s)')),
                ('sync_limit_s', models.PositiveIntegerField(default=60, help_text='Up to this deviation the clock is shifted silently, where the meter can; above, it is set.', validators=[django.core.validators.MaxValueValidator(900)], verbose_name='sync limit (s)')),
                ('largest_s', models.PositiveIntegerField(default=3600, help_text='A clock that is off by more is left to a person.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31622400)], verbose_name='largest correction (s)')),
                ('boundary_s', models.PositiveIntegerField(default=60, help_text='No correction from or to a time so close to the end of a capture period.', validators=[django.core.validators.MaxValueValidator(1800)], verbose_name='away from the end of a period (s)')),
                ('per_day', models.PositiveSmallIntegerField(default=2, help_text='So many of one device within 24 hours, tries that failed included.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(24)], verbose_name='corrections per day')),
            ],
            options={
                'verbose_name_plural': 'clock policies',
                'ordering': ['utility', 'model'],
            },
        ),
        migrations.CreateModel(
            name='SegmentLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('concentrator', 'Concentrator'), ('cell', 'Cell'), ('apn', 'APN')], max_length=12)),
                ('name', models.CharField(blank=True, help_text='Serial number of the concentrator, or name of the cell or APN as devices have it; empty: all others.', max_length=120)),
                ('sessions', models.PositiveIntegerField(blank=True, help_text='Sessions at once; empty: any number.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)])),
                ('per_second', models.FloatField(blank=True, help_text='On average; empty: any number.', null=True, validators=[django.core.validators.MinValueValidator(0.01), django.core.validators.MaxValueValidator(10000)], verbose_name='new connections per second')),
            ],
            options={
                'ordering': ['kind', 'name'],
            },
        ),
        migrations.AddField(
            model_name='clockcorrection',
            name='device',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clock_corrections', to='devices.device'),
        ),
        migrations.AddField(
            model_name='clockpolicy',
            name='model',
            field=models.ForeignKey(blank=True, help_text='Empty: all others.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='devices.devicemodel'),
        ),
        migrations.AddField(
            model_name='clockpolicy',
            name='utility',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clock_policies', to='access.utility'),
        ),
        migrations.AddConstraint(
            model_name='segmentlimit',
            constraint=models.UniqueConstraint(fields=('kind', 'name'), name='segment_limit_name'),
        ),
        migrations.AddConstraint(
            model_name='segmentlimit',
            constraint=models.CheckConstraint(condition=models.Q(('sessions', None), ('sessions__gte', 1), _connector='OR'), name='segment_limit_sessions'),
        ),
        migrations.AddConstraint(
            model_name='segmentlimit',
            constraint=models.CheckConstraint(condition=models.Q(('per_second', None), ('per_second__gt', 0), _connector='OR'), name='segment_limit_per_second'),
        ),
        migrations.AddIndex(
            model_name='clockcorrection',
            index=models.Index(fields=['-at'], name='clock_correction_latest'),
        ),
        migrations.AddConstraint(
            model_name='clockcorrection',
            constraint=models.UniqueConstraint(fields=('device', 'at'), name='clock_correction_at'),
        ),
        migrations.AddConstraint(
            model_name='clockpolicy',
            constraint=models.UniqueConstraint(fields=('utility', 'model'), name='clock_policy_model', nulls_distinct=False),
        ),
    ]
