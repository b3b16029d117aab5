from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[Any] = [
        ("access", "0002_audit_insert_only"),
        ("devices", "0002_ways_and_keys"),
        ("headend", "0003_permits"),
        ("metering", "0001_initial"),
    ]
    operations: ClassVar[Any] = [
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days_after', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='days after')),
                ('at_minute', models.PositiveSmallIntegerField(default=360, help_text='Minute of the local day; 360 is 06:00.', validators=[django.core.validators.MaxValueValidator(1439)], verbose_name='at minute')),
            ],
            options={
                'ordering': ['utility', 'measured_property'],
            },
        ),
        migrations.CreateModel(
            name='DeliveryCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text='Local day of the utility.')),
                ('by', models.CharField(choices=[('1h', '1 h after the day'), ('6h', '6 h after the day'), ('deadline', 'Deadline'), ('d1', 'End of D+1'), ('d5', 'End of D+5')], max_length=8)),
                ('area', models.CharField(blank=True, help_text='Code of the transformer area; empty: none.', max_length=40)),
                ('model', models.CharField(blank=True, help_text='Code of the device model.', max_length=60)),
                ('expected', models.PositiveBigIntegerField(help_text='Values that must exist, without those excluded.')),
                ('present', models.PositiveBigIntegerField()),
                ('excluded', models.PositiveBigIntegerField(help_text='Values that would have to exist, of excluded devices.')),
            ],
            options={
                'ordering': ['-day', 'by'],
            },
        ),
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField(blank=True, help_text='Included; empty: until further notice.', null=True)),
                ('reason', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-first_day', 'device'],
            },
        ),
        migrations.CreateModel(
            name='GapBudget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('devices_per_hour', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
            ],
        ),
        migrations.AddField(
            model_name='schedule',
            name='blackouts',
            field=models.JSONField(blank=True, default=list, help_text='Times of the week in which nothing is begun.'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='catch_up',
            field=models.CharField(choices=[('skip', 'Left out'), ('once', 'Made up by one run'), ('all', 'Each made up, up to a number')], default='once', max_length=8, verbose_name='missed runs'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='catch_up_most',
            field=models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)], verbose_name='make up at most'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='month_day',
            field=models.PositiveSmallIntegerField(default=1, help_text='In a shorter month its last day, so 31 is the last day of every month.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='day of the month'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='nth',
            field=models.PositiveSmallIntegerField(default=1, help_text='First to fourth of the weekday in its month; 5 is the last.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='which in the month'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='once_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='at'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='target',
            field=models.JSONField(blank=True, help_text='Which devices; empty: all of the utility.', null=True),
        ),
        migrations.AddField(
            model_name='schedule',
            name='weekdays',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='Monday is 0, Sunday 6. For weekly rhythms, and for monthly ones on a weekday.', size=None),
        ),
        migrations.AddField(
            model_name='schedule',
            name='window_min',
            field=models.PositiveSmallIntegerField(default=0, help_text='Devices are begun one after the other over so many minutes, each always at its own moment.', validators=[django.core.validators.MaxValueValidator(1440)], verbose_name='start window (min)'),
        ),
        migrations.AlterField(
            model_name='schedule',
            name='at_minute',
            field=models.PositiveSmallIntegerField(default=0, help_text='Every n minutes: offset past the full interval. Else: minute of the local day.', validators=[django.core.validators.MaxValueValidator(1439)], verbose_name='at minute'),
        ),
        migrations.AlterField(
            model_name='schedule',
            name='rhythm',
            field=models.CharField(choices=[('minutes', 'Every n minutes'), ('daily', 'Daily'), ('weekly', 'Weekly'), ('monthly', 'Monthly, on a day'), ('nth_weekday', 'Monthly, on a weekday'), ('once', 'Once')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.CheckConstraint(condition=models.Q(('month_day__range', (1, 31))), name='schedule_month_day'),
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.CheckConstraint(condition=models.Q(('nth__range', (1, 5))), name='schedule_nth'),
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.CheckConstraint(condition=models.Q(('window_min__lte', 1440)), name='schedule_window'),
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.CheckConstraint(condition=models.Q(('catch_up_most__range', (1, 50))), name='schedule_catch_up'),
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.CheckConstraint(condition=models.Q(('weekdays__contained_by', [0, 1, 2, 3, 4, 5, 6]), models.Q(models.Q(('rhythm__in', ('weekly', 'nth_weekday')), _negated=True), ('weekdays__len__gte', 1), _connector='OR')), name='schedule_weekdays'),
        ),
        migrations.AddConstraint(
            model_name='schedule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rhythm', 'once'), _negated=True), ('once_at__isnull', False), _connector='OR'), name='schedule_once'),
        ),
        migrations.AddField(
            model_name='deadline',
            name='measured_property',
            field=models.ForeignKey(blank=True, help_text='Empty: for all that have no deadline of their own.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metering.measuredproperty'),
        ),
        migrations.AddField(
            model_name='deadline',
            name='utility',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deadlines', to='access.utility'),
        ),
        migrations.AddField(
            model_name='deliverycount',
            name='utility',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delivery_counts', to='access.utility'),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='devices.device'),
        ),
        migrations.AddField(
            model_name='gapbudget',
            name='utility',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='gap_budget', to='access.utility'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.UniqueConstraint(fields=('utility', 'measured_property'), name='deadline_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('days_after__range', (1, 31))), name='deadline_days'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('at_minute__lt', 1440)), name='deadline_at'),
        ),
        migrations.AddConstraint(
            model_name='deliverycount',
            constraint=models.UniqueConstraint(fields=('utility', 'day', 'by', 'area', 'model'), name='delivery_count'),
        ),
        migrations.AddConstraint(
            model_name='deliverycount',
            constraint=models.CheckConstraint(condition=models.Q(('present__lte', models.F('expected'))), name='delivery_present'),
        ),
        migrations.AddConstraint(
            model_name='exclusion',
            constraint=models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='exclusion_days'),
        ),
        migrations.AddConstraint(
            model_name='exclusion',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='exclusion_reason'),
        ),
        migrations.AddConstraint(
            model_name='gapbudget',
            constraint=models.CheckConstraint(condition=models.Q(('devices_per_hour__gte', 1)), name='gap_budget'),
        ),
    ]
