"""The queue of series-days that changed and have not been validated since."""

from django.db import migrations

CREATE = """
CREATE TABLE validation_due (
    series_id bigint NOT NULL,
    day date NOT NULL,
    changes integer NOT NULL DEFAULT 1,
    since timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    by_hand boolean NOT NULL DEFAULT false,
    PRIMARY KEY (series_id, day)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX validation_due_next ON validation_due (due_at);
COMMENT ON TABLE validation_due IS 'Series-days (UTC) that changed and have not been validated since: one row each.';
COMMENT ON COLUMN validation_due.changes IS 'Counts writes: a worker removes only the row it saw.';
COMMENT ON COLUMN validation_due.since IS 'When it came into the queue.';
COMMENT ON COLUMN validation_due.leased_until IS 'A worker holds the row until then; NULL = nobody does.';
COMMENT ON COLUMN validation_due.by_hand IS 'Somebody edited values of the day: the set for edits by hand is meant.';
"""


class Migration(migrations.Migration):
    dependencies = [("validation", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE validation_due;")]
