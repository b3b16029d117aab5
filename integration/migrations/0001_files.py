"""Files, imports and what they consist of, column mappings, numbers others give to metering points."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0002_audit_insert_only'),
        ('metering', '0006_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('layout', models.JSONField(help_text='The mapping in the words of the table format.')),
                ('heading', models.CharField(blank=True, help_text='Digest of the headings it was made for: such files are recognised by it.', max_length=64)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='column_mappings', to='access.utility')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(choices=[('nmi', 'NMI'), ('usage_point', 'Usage point'), ('own', 'Own number')], default='own', max_length=20)),
                ('value', models.CharField(max_length=100, verbose_name='number')),
                ('metering_point', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='metering.meteringpoint')),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='external_ids', to='access.utility')),
            ],
            options={
                'verbose_name': 'external number',
                'ordering': ['scheme', 'value'],
            },
        ),
        migrations.CreateModel(
            name='FileImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.CharField(default='readings', help_text='What it brings, a content registered.', max_length=20)),
                ('format', models.CharField(help_text='A format of `integration.imports.registry`.', max_length=20)),
                ('name', models.CharField(help_text='Name of the file as it was given.', max_length=200, verbose_name='file')),
                ('layout', models.JSONField(blank=True, default=dict, help_text='The mapping as it is used, whatever becomes of the saved one.')),
                ('state', models.CharField(choices=[('uploaded', 'Waits for its columns'), ('checking', 'Being checked'), ('ready', 'Ready to store'), ('storing', 'Being stored'), ('done', 'Stored'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('undoing', 'Being undone'), ('undone', 'Undone')], default='uploaded', max_length=12)),
                ('confirm_at_once', models.BooleanField(default=False, help_text='Stored without asking when the check finds no error.')),
                ('header', models.JSONField(blank=True, default=dict, help_text='What the file says of itself.')),
                ('rows', models.PositiveBigIntegerField(default=0)),
                ('errors', models.PositiveBigIntegerField(default=0)),
                ('repairs', models.PositiveBigIntegerField(default=0)),
                ('notes', models.PositiveBigIntegerField(default=0)),
                ('expected', models.JSONField(blank=True, default=dict, help_text='What storing would do.')),
                ('stored', models.JSONField(blank=True, default=dict, help_text='What storing did.')),
                ('taken_back', models.JSONField(blank=True, default=dict, help_text='What undoing did.')),
                ('position', models.PositiveBigIntegerField(default=0, help_text='How far the work at hand is, of `file.octets`.')),
                ('lease_owner', models.CharField(blank=True, max_length=80)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='Workers that took it since it last came on.')),
                ('failed_in', models.CharField(blank=True, help_text='The state it failed in and is resumed in.', max_length=12)),
                ('cause', models.CharField(blank=True, help_text='Why it failed, and what to do.', max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('action', models.CharField(db_index=True, max_length=40)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mapping', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='integration.columnmapping')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='file_imports', to='access.utility')),
            ],
            options={
                'verbose_name': 'import',
                'ordering': ['-created_at', '-id'],
                'permissions': [('confirm_fileimport', 'Can store what an import brings'), ('undo_fileimport', 'Can undo an import')],
            },
        ),
        migrations.CreateModel(
            name='ImportChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='Digest of what tells the channel from others; see `imports.readings.channels`.')),
                ('point', models.CharField(max_length=100)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('obis', models.CharField(max_length=24, verbose_name='OBIS')),
                ('unit', models.CharField(blank=True, max_length=16)),
                ('kind', models.CharField(choices=[('stand', 'Stand'), ('consumption', 'Consumption'), ('instantaneous', 'Instantaneous')], max_length=16)),
                ('interval_s', models.PositiveIntegerField(default=0)),
                ('exponent', models.SmallIntegerField(help_text='The finest the file gives values in.')),
                ('source', models.CharField(blank=True, max_length=60)),
                ('is_new', models.BooleanField(default=False, help_text='The series did not exist when the file was checked.')),
                ('refusal', models.CharField(blank=True, help_text='Why none of its values is taken.', max_length=200)),
                ('line', models.PositiveBigIntegerField(help_text='Where its first value stands.')),
                ('values', models.PositiveBigIntegerField(default=0)),
                ('refused', models.PositiveBigIntegerField(default=0)),
                ('total', models.DecimalField(decimal_places=12, default=0, max_digits=60)),
                ('first_at', models.DateTimeField(null=True)),
                ('last_at', models.DateTimeField(null=True)),
                ('sample', models.JSONField(blank=True, default=list)),
                ('file_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='integration.fileimport')),
                ('metering_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='metering.meteringpoint')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='metering.series')),
            ],
            options={
                'ordering': ['line', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ImportChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('position', models.PositiveBigIntegerField(help_text='Where the reader goes on after it.')),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Ledger ids of its writes.', size=None)),
                ('series_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('comment_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Comments on values it made.', size=None)),
                ('starts_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('new', models.PositiveBigIntegerField(default=0)),
                ('changed', models.PositiveBigIntegerField(default=0)),
                ('unchanged', models.PositiveBigIntegerField(default=0)),
                ('refused', models.PositiveBigIntegerField(default=0)),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
                ('file_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='integration.fileimport')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ImportProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('found', models.CharField(choices=[('file', 'In the file'), ('preview', 'Against what was stored at the check'), ('store', 'While storing')], default='file', max_length=8)),
                ('severity', models.CharField(choices=[('error', 'Error'), ('repaired', 'Repaired'), ('note', 'Note')], max_length=8)),
                ('line', models.PositiveBigIntegerField()),
                ('column', models.CharField(blank=True, max_length=100)),
                ('text', models.CharField(blank=True, max_length=200)),
                ('reason', models.CharField(max_length=300)),
                ('values', models.PositiveBigIntegerField(default=1, help_text='How many values it keeps out, or changes.')),
                ('file_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='integration.fileimport')),
            ],
            options={
                'ordering': ['line', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                ('octets', models.PositiveBigIntegerField(help_text='Length of the file.')),
                ('kept_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was last given.')),
                ('removed_at', models.DateTimeField(blank=True, help_text='When the file was dropped; the row stays.', null=True)),
            ],
            options={
                'ordering': ['-kept_at'],
                'indexes': [models.Index(condition=models.Q(('removed_at__isnull', True)), fields=['kept_at'], name='stored_file_kept')],
                'constraints': [models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='stored_file_digest')],
            },
        ),
        migrations.AddField(
            model_name='fileimport',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='integration.storedfile'),
        ),
        migrations.AddIndex(
            model_name='columnmapping',
            index=models.Index(fields=['utility', 'heading'], name='column_mapping_heading'),
        ),
        migrations.AddConstraint(
            model_name='columnmapping',
            constraint=models.UniqueConstraint(models.F('utility'), django.db.models.functions.text.Lower('name'), name='column_mapping_name'),
        ),
        migrations.AddConstraint(
            model_name='externalid',
            constraint=models.UniqueConstraint(fields=('utility', 'scheme', 'value'), name='external_id_value'),
        ),
        migrations.AddIndex(
            model_name='importchannel',
            index=models.Index(fields=['file_import', 'line'], name='import_channel_line'),
        ),
        migrations.AddIndex(
            model_name='importchannel',
            index=models.Index(fields=['file_import', 'point'], name='import_channel_point'),
        ),
        migrations.AddConstraint(
            model_name='importchannel',
            constraint=models.UniqueConstraint(fields=('file_import', 'key'), name='import_channel_key'),
        ),
        migrations.AddConstraint(
            model_name='importchunk',
            constraint=models.UniqueConstraint(fields=('file_import', 'number'), name='import_chunk_number'),
        ),
        migrations.AddIndex(
            model_name='importproblem',
            index=models.Index(fields=['file_import', 'line', 'id'], name='import_problem_line'),
        ),
        migrations.AddIndex(
            model_name='fileimport',
            index=models.Index(fields=['utility', '-created_at'], name='file_import_latest'),
        ),
        migrations.AddIndex(
            model_name='fileimport',
            index=models.Index(condition=models.Q(('state__in', ['checking', 'storing', 'undoing'])), fields=['lease_until'], name='file_import_working'),
        ),
    ]
