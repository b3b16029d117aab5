"""Retention classes, archived months, readers of plain SQL and the views they read.

The views are barriers: conditions that could give rows away, by an error message for instance, are looked at only after
rows of other utilities have gone. That also keeps joins out, so each view has the columns by which it is usually asked.
"""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

KINDS = [("interval", "Interval values"), ("register", "Register values")]

GRANTED = """
CREATE VIEW reader_utility AS
SELECT u.id, u.code
FROM access_utility u
WHERE pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'store_reader'::regclass), 'USAGE')
OR EXISTS (
    SELECT FROM store_reader r
    WHERE r.role = current_user::text AND (r.utility_id IS NULL OR r.utility_id = u.id));
COMMENT ON VIEW reader_utility IS
    'The utilities open to the role that asks: to the owner of the tables all, to a reader those of store_reader.';
"""

SERIES_INFO = """
CREATE VIEW series_info WITH (security_barrier) AS
SELECT
    s.id AS series_id,
    u.code AS utility,
    p.gsrn,
    m.obis,
    m.unit,
    m.name AS measured_property,
    m.energy_type,
    s.kind,
    s.periodicity,
    nullif(s.interval_s, 0) AS interval_s,
    s.source AS meter,
    a.code AS transformer_area
FROM metering_series s
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
JOIN reader_utility u ON u.id = p.utility_id
JOIN metering_measuredproperty m ON m.id = s.measured_property_id
LEFT JOIN metering_transformerarea a ON a.id = p.transformer_area_id;
COMMENT ON VIEW series_info IS 'What is measured: a row per series.';
COMMENT ON COLUMN series_info.series_id IS 'Number of the series, as in the other views.';
COMMENT ON COLUMN series_info.utility IS 'Code of the utility.';
COMMENT ON COLUMN series_info.gsrn IS 'GSRN of the metering point, 18 digits.';
COMMENT ON COLUMN series_info.obis IS 'OBIS code of what is measured.';
COMMENT ON COLUMN series_info.unit IS 'Unit of the values in the other views.';
COMMENT ON COLUMN series_info.measured_property IS 'What the OBIS code means, in words.';
COMMENT ON COLUMN series_info.energy_type IS 'electricity, gas, water, heat or cold.';
COMMENT ON COLUMN series_info.kind IS 'stand (what the register showed), consumption (used in an interval) or instantaneous.';
COMMENT ON COLUMN series_info.periodicity IS 'interval (its values are in profile_value), daily, monthly or on_demand (register_reading).';
COMMENT ON COLUMN series_info.interval_s IS 'Length of an interval in seconds; NULL for registers.';
COMMENT ON COLUMN series_info.meter IS 'Serial number of the meter the values come from; empty for derived series.';
COMMENT ON COLUMN series_info.transformer_area IS 'Code of the transformer area of the metering point; NULL = none known.';
"""

OLD_PROFILE_VALUE = """
CREATE VIEW profile_value AS
SELECT
    d.series_id,
    (d.day::timestamp AT TIME ZONE 'UTC') + make_interval(secs => slot * d.interval_s) AS starts_at,
    v.value * ('1e' || s.exponent)::numeric AS value,
    coalesce(get_byte(d.quality, slot), 0) AS quality,
    coalesce(block_status(d.status, 86400 / d.interval_s, slot), 0) AS status,
    d.day
FROM series_day d
JOIN metering_series s ON s.id = d.series_id
CROSS JOIN LATERAL generate_series(0, 86400 / d.interval_s - 1) AS slot
CROSS JOIN LATERAL (SELECT block_value(d.values, 86400 / d.interval_s, slot) AS value) AS v
WHERE v.value IS NOT NULL;
COMMENT ON VIEW profile_value IS 'Values of profile series in their unit, one row each. Add a condition on day: it selects partitions.';
"""
_DESCRIBED = """
FROM {table} d
JOIN metering_series s ON s.id = d.series_id
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
JOIN reader_utility u ON u.id = p.utility_id
JOIN metering_measuredproperty m ON m.id = s.measured_property_id
"""
_DESCRIPTION = "u.code AS utility, p.gsrn, m.obis, m.unit, s.kind"
_DESCRIPTION_COMMENTS = """
COMMENT ON COLUMN {view}.series_id IS 'Number of the series.';
COMMENT ON COLUMN {view}.utility IS 'Code of the utility.';
COMMENT ON COLUMN {view}.gsrn IS 'GSRN of the metering point.';
COMMENT ON COLUMN {view}.obis IS 'OBIS code of what is measured.';
COMMENT ON COLUMN {view}.unit IS 'Unit of the values.';
COMMENT ON COLUMN {view}.kind IS 'stand, consumption or instantaneous.';
"""
PROFILE_VALUE = f"""
CREATE OR REPLACE VIEW profile_value WITH (security_barrier) AS
SELECT
    d.series_id,
    (d.day::timestamp AT TIME ZONE 'UTC') + make_interval(secs => slot * d.interval_s) AS starts_at,
    v.value * ('1e' || s.exponent)::numeric AS value,
    coalesce(get_byte(d.quality, slot), 0) AS quality,
    coalesce(block_status(d.status, 86400 / d.interval_s, slot), 0) AS status,
    d.day,
    {_DESCRIPTION}
{_DESCRIBED.format(table="series_day")}
CROSS JOIN LATERAL generate_series(0, 86400 / d.interval_s - 1) AS slot
CROSS JOIN LATERAL (SELECT block_value(d.values, 86400 / d.interval_s, slot) AS value) AS v
WHERE v.value IS NOT NULL;
COMMENT ON VIEW profile_value IS
    'Values of profile series, one row each. Add a condition on day: it selects partitions. Archived months are in files.';
{_DESCRIPTION_COMMENTS.format(view="profile_value")}
COMMENT ON COLUMN profile_value.starts_at IS 'Start of the interval; of a stand or an instantaneous value its instant.';
COMMENT ON COLUMN profile_value.value IS 'The value in its unit, exact.';
COMMENT ON COLUMN profile_value.quality IS 'Quality code: 0 measured, 32 to 63 suspect, 64 to 95 estimated, 96 to 127 decided by somebody.';
COMMENT ON COLUMN profile_value.status IS 'Status word the meter sent with the value, as it is.';
COMMENT ON COLUMN profile_value.day IS 'UTC day; the partition key.';
"""

REGISTER_READING = f"""
CREATE VIEW register_reading WITH (security_barrier) AS
SELECT
    d.series_id,
    d.at,
    d.value * ('1e' || s.exponent)::numeric AS value,
    d.quality::integer AS quality,
    d.status,
    s.periodicity,
    {_DESCRIPTION}
{_DESCRIBED.format(table="register_value")}
WHERE d.value IS NOT NULL;
COMMENT ON VIEW register_reading IS
    'Daily, monthly and on-demand register values, one row each. Add a condition on at: it selects partitions. '
    'Archived months are in files.';
{_DESCRIPTION_COMMENTS.format(view="register_reading")}
COMMENT ON COLUMN register_reading.at IS 'The instant the value belongs to; the partition key.';
COMMENT ON COLUMN register_reading.value IS 'The value in its unit, exact.';
COMMENT ON COLUMN register_reading.quality IS 'Quality code, as in profile_value.';
COMMENT ON COLUMN register_reading.status IS 'Status word the meter sent with the value, as it is.';
COMMENT ON COLUMN register_reading.periodicity IS 'daily, monthly or on_demand.';
"""

DAILY_VALUE = f"""
CREATE VIEW daily_value WITH (security_barrier) AS
SELECT
    d.series_id,
    d.day,
    CASE WHEN s.kind = 'consumption' THEN d.total * ('1e' || s.exponent)::numeric END AS total,
    round(d.total * ('1e' || s.exponent)::numeric / nullif(d.present, 0), 12 - s.exponent) AS average,
    d.maximum * ('1e' || s.exponent)::numeric AS maximum,
    86400 / d.interval_s AS slots,
    d.present::integer AS present,
    d.suspect::integer AS suspect,
    d.estimated::integer AS estimated,
    d.changed_at,
    {_DESCRIPTION}
{_DESCRIBED.format(table="series_day")};
COMMENT ON VIEW daily_value IS
    'A row per profile series and UTC day, from summary columns: fast, nothing is decoded. Add a condition on day. '
    'Archived months are in files.';
{_DESCRIPTION_COMMENTS.format(view="daily_value")}
COMMENT ON COLUMN daily_value.day IS 'UTC day; the partition key.';
COMMENT ON COLUMN daily_value.total IS 'Sum of the values in their unit; NULL where a sum means nothing (stands, instantaneous values).';
COMMENT ON COLUMN daily_value.average IS 'Average of the values; NULL when there is none.';
COMMENT ON COLUMN daily_value.maximum IS 'Largest value; NULL when there is none.';
COMMENT ON COLUMN daily_value.slots IS 'How many values make the day complete.';
COMMENT ON COLUMN daily_value.present IS 'How many values there are.';
COMMENT ON COLUMN daily_value.suspect IS 'Of these, suspect.';
COMMENT ON COLUMN daily_value.estimated IS 'Of these, estimated.';
COMMENT ON COLUMN daily_value.changed_at IS 'When anything of the day was last stored.';
"""


def add_classes(apps, schema_editor):
    """The classes shipped: nothing is dropped, old months go to files."""
    classes = apps.get_model("metering", "RetentionClass").objects
    classes.create(name="Interval values", kind="interval", online_months=36, action="archive")
    classes.create(name="Register values", kind="register", online_months=120, action="archive")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0004_statistics"), ("access", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="RetentionClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("kind", models.CharField(choices=KINDS, help_text="With all their versions.", max_length=12, verbose_name="applies to")),
                ("series_kind", models.CharField(blank=True, choices=[("stand", "Stand"), ("consumption", "Consumption"), ("instantaneous", "Instantaneous")], help_text="Only series of this kind; empty: any.", max_length=16)),
                ("measured_property", models.ForeignKey(blank=True, help_text="Only series of this measured property; empty: any.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="retention_classes", to="metering.measuredproperty")),
                ("online_months", models.PositiveSmallIntegerField(blank=True, help_text="Whole months after the month of the values; empty: for ever.", null=True, validators=[django.core.validators.MinValueValidator(3)], verbose_name="months online")),
                ("action", models.CharField(choices=[("archive", "Archive"), ("drop", "Drop")], default="archive", max_length=8, verbose_name="then")),
                ("archive_months", models.PositiveSmallIntegerField(blank=True, help_text="Months kept in the archive, then dropped for good; empty: for ever.", null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name="months in the archive")),
            ],
            options={"verbose_name_plural": "retention classes", "ordering": ["kind", "name"]},
        ),
        migrations.CreateModel(
            name="ArchivedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("month", models.DateField(help_text="Its first day.")),
                ("state", models.CharField(choices=[("closing", "Closing"), ("archived", "Archived"), ("returning", "Returning"), ("returned", "Returned"), ("dropping", "Dropping")], max_length=12)),
                ("since", models.DateTimeField(help_text="The instant it came into this state.")),
            ],
            options={"db_table": "store_archive_month", "ordering": ["-month", "kind"]},
        ),
        migrations.CreateModel(
            name="ArchiveFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("archived_month", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="files", to="metering.archivedmonth")),
                ("table_name", models.CharField(max_length=40)),
                ("part", models.PositiveSmallIntegerField()),
                ("path", models.CharField(help_text="Below the folder of the archive.", max_length=200)),
                ("first_series", models.BigIntegerField()),
                ("last_series", models.BigIntegerField()),
                ("rows", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0, verbose_name="bytes")),
                ("complete", models.BooleanField(default=False, help_text="Written, read back and compared with the database.")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("made_at", models.DateTimeField()),
            ],
            options={"db_table": "store_archive", "ordering": ["archived_month", "table_name", "part"]},
        ),
        migrations.CreateModel(
            name="SqlReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(help_text="The role in the database.", max_length=63)),
                ("utility", models.ForeignKey(blank=True, help_text="Empty: all utilities.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name="sql_readers", to="access.utility")),
            ],
            options={"verbose_name": "SQL reader", "db_table": "store_reader", "ordering": ["role"]},
        ),
        migrations.AddConstraint(
            model_name="retentionclass",
            constraint=models.UniqueConstraint(fields=("kind", "series_kind", "measured_property"), name="retention_class_selection", nulls_distinct=False, violation_error_message="There is a class for these values already."),
        ),
        migrations.AddConstraint(
            model_name="retentionclass",
            constraint=models.CheckConstraint(condition=models.Q(("online_months__isnull", True), ("online_months__gte", 3), _connector="OR"), name="retention_class_online"),
        ),
        migrations.AddConstraint(
            model_name="retentionclass",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("measured_property", None), ("series_kind", "")), models.Q(("action", "drop"), ("online_months__isnull", False)), _connector="OR"), name="retention_class_early", violation_error_message="A class for some series only drops them, after a number of months."),
        ),
        migrations.AddConstraint(
            model_name="retentionclass",
            constraint=models.CheckConstraint(condition=models.Q(("archive_months__isnull", True), ("action", "archive"), _connector="OR"), name="retention_class_archive", violation_error_message="What is dropped is not kept in the archive."),
        ),
        migrations.AddConstraint(
            model_name="archivedmonth",
            constraint=models.UniqueConstraint(fields=("kind", "month"), name="store_archive_month_kind"),
        ),
        migrations.AddConstraint(
            model_name="archivedmonth",
            constraint=models.CheckConstraint(condition=models.Q(("month__day", 1)), name="store_archive_month_first"),
        ),
        migrations.AddConstraint(
            model_name="archivefile",
            constraint=models.UniqueConstraint(fields=("archived_month", "table_name", "part"), name="store_archive_part"),
        ),
        migrations.AddConstraint(
            model_name="archivefile",
            constraint=models.UniqueConstraint(fields=("path",), name="store_archive_path"),
        ),
        migrations.AddConstraint(
            model_name="archivefile",
            constraint=models.CheckConstraint(condition=models.Q(("first_series__lte", models.F("last_series"))), name="store_archive_series"),
        ),
        migrations.AddConstraint(
            model_name="sqlreader",
            constraint=models.UniqueConstraint(fields=("role", "utility"), name="store_reader_utility", nulls_distinct=False),
        ),
        migrations.RunPython(add_classes, migrations.RunPython.noop),
        migrations.RunSQL(GRANTED, "DROP VIEW reader_utility;"),
        migrations.RunSQL(PROFILE_VALUE, "DROP VIEW profile_value;" + OLD_PROFILE_VALUE),
        migrations.RunSQL(SERIES_INFO, "DROP VIEW series_info;"),
        migrations.RunSQL(REGISTER_READING, "DROP VIEW register_reading;"),
        migrations.RunSQL(DAILY_VALUE, "DROP VIEW daily_value;"),
    ]
