"""The queue of series-days that changed and have not been validated since."""

from django.db import migrations

CREATE = """
CREATE TABLE validation_due (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    series bigint[] NOT NULL,
    due_at timestamptz NOT NULL,
    leased_until timestamptz,
    by_hand boolean NOT NULL DEFAULT false
);
CREATE INDEX validation_due_next ON validation_due (due_at);
COMMENT ON TABLE validation_due IS 'Series that changed on a day (UTC) and have not been validated since: a row per write and day.';
COMMENT ON COLUMN validation_due.leased_until IS 'A worker holds the row until then; NULL = nobody does.';
COMMENT ON COLUMN validation_due.by_hand IS 'Somebody edited values of the day: the set for edits by hand is meant.';
"""


class Migration(migrations.Migration):
    dependencies = [("validation", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE validation_due;")]
