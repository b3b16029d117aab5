from decimal import Decimal
from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("headend", "0001_initial"),
    ]
    operations: ClassVar[Any] = [
        migrations.AlterModelOptions(
            name='job',
            options={'ordering': ['-created_at', '-id'], 'permissions': [('cancel_job', 'Can cancel a job'), ('retry_job', 'Can retry what failed in a job'), ('pause_job', 'Can pause a job and let it go on')]},
        ),
        migrations.AddField(
            model_name='job',
            name='paused_at',
            field=models.DateTimeField(blank=True, help_text='Since when nothing of it is begun.', null=True),
        ),
        migrations.AddField(
            model_name='job',
            name='target',
            field=models.JSONField(blank=True, default=dict, help_text='What was asked for, by `headend.targets`; empty: devices as given.'),
        ),
        migrations.AddField(
            model_name='job',
            name='target_words',
            field=models.CharField(blank=True, help_text='The same for people.', max_length=160, verbose_name='target'),
        ),
        migrations.AlterField(
            model_name='job',
            name='state',
            field=models.CharField(choices=[('running', 'Running'), ('paused', 'Paused'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='running', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(
                condition=Q(state='paused', paused_at__isnull=False) | (~Q(state='paused') & Q(paused_at__isnull=True)),
                name='job_paused',
            ),
        ),
        migrations.AddIndex(
            model_name='jobitem',
            index=models.Index(condition=~Q(last_cause=''), fields=['job', 'state', 'last_cause'], name='job_item_causes'),
        ),
        migrations.AddIndex(
            model_name='jobitem',
            index=models.Index(condition=Q(finished_at__isnull=False), fields=['job', '-finished_at'], name='job_item_ended'),
        ),
        migrations.CreateModel(
            name='RetryRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(help_text='A code of `headend.causes`.', max_length=40)),
                ('attempts', models.PositiveSmallIntegerField(default=3, help_text='How many sessions at most, the first included.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)])),
                ('first_wait_s', models.PositiveIntegerField(default=30, help_text='Wait after the first attempt.', validators=[django.core.validators.MaxValueValidator(86400)], verbose_name='first wait (s)')),
                ('factor', models.DecimalField(decimal_places=2, default=Decimal('2'), help_text='By how much every wait is longer than the one before; 1: always the same.', max_digits=4, validators=[django.core.validators.MinValueValidator(Decimal('1')), django.core.validators.MaxValueValidator(Decimal('10'))])),
                ('longest_wait_s', models.PositiveIntegerField(default=900, validators=[django.core.validators.MaxValueValidator(86400)], verbose_name='longest wait (s)')),
                ('jitter_percent', models.PositiveSmallIntegerField(default=20, help_text='By how much a wait may be shorter or longer, so that devices that failed together do not come back together.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='jitter (%)')),
                ('utility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retry_rules', to='access.utility')),
            ],
            options={
                'ordering': ['utility', 'cause'],
                'constraints': [
                    models.UniqueConstraint(fields=('utility', 'cause'), name='retry_rule_cause'),
                    models.CheckConstraint(condition=Q(attempts__range=(1, 20)), name='retry_rule_attempts'),
                    models.CheckConstraint(condition=Q(factor__range=(1, 10)), name='retry_rule_factor'),
                    models.CheckConstraint(
                        condition=Q(longest_wait_s__lte=86400, first_wait_s__lte=F('longest_wait_s')), name='retry_rule_waits',
                        violation_error_message='The first wait is not longer than the longest.',
                    ),
                    models.CheckConstraint(condition=Q(jitter_percent__lte=100), name='retry_rule_jitter'),
                ],
            },
        ),
    ]
