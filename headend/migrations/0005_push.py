from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("devices", "0002_ways_and_keys"),
        ("headend", "0004_rhythms"),
    ]
    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name='PushCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system_title', models.CharField(max_length=16)),
                ('key', models.CharField(help_text='Kind and version of the key, or the fingerprint of a message key.', max_length=40)),
                ('last', models.BigIntegerField()),
                ('digest', models.BinaryField(max_length=16)),
                ('refused', models.BigIntegerField(default=0, help_text='Authentic messages whose counter was not above the last.')),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('system_title', 'key'), name='push_counter')],
            },
        ),
        migrations.CreateModel(
            name='AcceptanceRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('manufacturer', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Three capital letters, as the FLAG association gave them.')])),
                ('first_number', models.BigIntegerField(validators=[django.core.validators.MaxValueValidator(1099511627775)])),
                ('last_number', models.BigIntegerField(validators=[django.core.validators.MaxValueValidator(1099511627775)])),
                ('serial_prefix', models.CharField(blank=True, max_length=20)),
                ('serial_digits', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MaxValueValidator(20)])),
                ('enabled', models.BooleanField(default=True)),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.devicemodel')),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='access.utility')),
            ],
            options={
                'ordering': ['manufacturer', 'first_number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('first_number__gte', 0), ('last_number__gte', models.F('first_number'))), name='acceptance_rule_range', violation_error_message='The last number is not below the first, and neither below 0.')],
            },
        ),
        migrations.CreateModel(
            name='DiscoveredDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(max_length=200, unique=True)),
                ('state', models.CharField(choices=[('new', 'Waiting'), ('ignored', 'Ignored'), ('accepted', 'Accepted')], default='new', max_length=12)),
                ('system_title', models.CharField(blank=True, max_length=16)),
                ('manufacturer', models.CharField(blank=True, max_length=3)),
                ('number', models.BigIntegerField(help_text='The last five octets of the system title.', null=True)),
                ('serial_number', models.CharField(blank=True, help_text='As it said, or as a rule makes it.', max_length=40)),
                ('logical_name', models.CharField(blank=True, max_length=40, verbose_name='logical device name')),
                ('address', models.CharField(max_length=280)),
                ('gateway_address', models.CharField(blank=True, max_length=64)),
                ('ciphered', models.BooleanField(default=False)),
                ('count', models.BigIntegerField(default=0)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('last_message', models.BinaryField(max_length=4096)),
                ('device', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='discovered', to='devices.device')),
                ('model', models.ForeignKey(blank=True, help_text='A guess.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='devices.devicemodel')),
                ('utility', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.utility')),
            ],
            options={
                'ordering': ['-last_at'],
                'indexes': [models.Index(fields=['state', '-last_at'], name='discovered_latest')],
            },
        ),
        migrations.CreateModel(
            name='PushRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(max_length=40)),
                ('detail', models.CharField(max_length=300)),
                ('address', models.CharField(max_length=280)),
                ('count', models.BigIntegerField(default=0)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_refusals', to='devices.device')),
            ],
            options={
                'ordering': ['-last_at'],
                'constraints': [models.UniqueConstraint(fields=('device', 'cause'), name='push_refusal')],
            },
        ),
    ]
