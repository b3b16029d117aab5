"""Exports: what was asked for, how far it is, which series and what became of them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_audit_insert_only'),
        ('integration', '0001_files'),
        ('metering', '0006_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FileExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(help_text='A format of `integration.exports.registry`.', max_length=20)),
                ('options', models.JSONField(blank=True, default=dict, help_text='Unit, decimal sign, layout, times: `integration.exports.options`.')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='to, excluded')),
                ('name', models.CharField(help_text='Name the file is downloaded under.', max_length=200, verbose_name='file')),
                ('state', models.CharField(choices=[('waiting', 'Waits for a worker'), ('running', 'Being written'), ('done', 'Ready'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=12)),
                ('parts', models.PositiveIntegerField(default=0, help_text='Parts of about the same work it consists of.')),
                ('parts_done', models.PositiveIntegerField(default=0)),
                ('series_count', models.PositiveIntegerField(default=0, help_text='Series asked for.', verbose_name='series')),
                ('series_refused', models.PositiveIntegerField(default=0, help_text='Series the format has no words for.')),
                ('values', models.PositiveBigIntegerField(default=0, help_text='Values written.')),
                ('left_out', models.PositiveBigIntegerField(default=0, help_text='Values the format cannot hold.')),
                ('lease_owner', models.CharField(blank=True, max_length=80)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='Workers that took it since it last came on.')),
                ('cause', models.CharField(blank=True, help_text='Why it failed, and what to do.', max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('action', models.CharField(db_index=True, max_length=40)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='integration.storedfile')),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='file_exports', to='access.utility')),
            ],
            options={
                'verbose_name': 'export',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExportSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Its place in the file, from 1.')),
                ('values', models.PositiveBigIntegerField(default=0, help_text='Values written.')),
                ('left_out', models.PositiveBigIntegerField(default=0, help_text='Values the format cannot hold.')),
                ('refused', models.BooleanField(default=False, help_text='The format has no words for this series.')),
                ('reason', models.CharField(blank=True, help_text='Why something is left out.', max_length=300)),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metering.series')),
                ('file_export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='series', to='integration.fileexport')),
            ],
            options={
                'verbose_name': 'series of an export',
                'verbose_name_plural': 'series of exports',
                'ordering': ['number'],
            },
        ),
        migrations.AddIndex(
            model_name='fileexport',
            index=models.Index(fields=['utility', '-created_at'], name='file_export_latest'),
        ),
        migrations.AddIndex(
            model_name='fileexport',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['lease_until'], name='file_export_working'),
        ),
        migrations.AddConstraint(
            model_name='fileexport',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='file_export_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='exportseries',
            constraint=models.UniqueConstraint(fields=('file_export', 'number'), name='export_series_number'),
        ),
        migrations.AddConstraint(
            model_name='exportseries',
            constraint=models.UniqueConstraint(fields=('file_export', 'series'), name='export_series_once'),
        ),
    ]
