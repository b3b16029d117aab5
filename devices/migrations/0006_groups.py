from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("devices", "0005_key_versions"),
    ]
    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name='DeviceGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('static', 'Named devices'), ('dynamic', 'By filter')], default='static', max_length=10)),
                ('query', models.CharField(blank=True, max_length=1000, verbose_name='filter')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='device_groups', to='access.utility')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [
                    models.UniqueConstraint(fields=('utility', 'name'), name='device_group_name'),
                    models.CheckConstraint(
                        condition=(Q(kind='dynamic') & ~Q(query='')) | Q(kind='static', query=''),
                        name='device_group_kind',
                        violation_error_message='A group by filter has a filter; a group of named devices has none.',
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='devices.device')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='devices.devicegroup')),
            ],
            options={
                'ordering': ['group', 'device'],
                'constraints': [models.UniqueConstraint(fields=('group', 'device'), name='device_group_member')],
            },
        ),
        migrations.AddField(
            model_name='devicegroup',
            name='members',
            field=models.ManyToManyField(related_name='device_groups', through='devices.GroupMember', to='devices.device'),
        ),
    ]
