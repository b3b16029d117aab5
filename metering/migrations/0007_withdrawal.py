"""Which writes were taken back, for which series and period."""

from typing import ClassVar

from django.db import migrations

TABLES = """
CREATE TABLE value_withdrawal (
    undone_by bigint NOT NULL,
    entry bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    series_ids bigint[] NOT NULL,
    CONSTRAINT value_withdrawal_pkey PRIMARY KEY (undone_by, entry)
);
CREATE INDEX value_withdrawal_entry ON value_withdrawal (entry);
COMMENT ON TABLE value_withdrawal IS
    'The write entry was taken back by the write undone_by, both of value_origin, in this period of these series.';
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0006_comments")]

    operations: ClassVar = [migrations.RunSQL(TABLES, "DROP TABLE value_withdrawal;")]
