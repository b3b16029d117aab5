"""Months of series summed up, day by day, and an index by which one day of all series is found."""

from typing import ClassVar

from django.db import migrations

# Half of each page stays free: every row gets a new state each day of its type, which then stays in its page.
TABLES = """
CREATE TABLE folded_month (
    month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    folding date NOT NULL CHECK (folding >= month AND folding < month + interval '1 month'),
    folded date CHECK (folded >= month AND folded <= folding),
    spread_to bigint NOT NULL DEFAULT -1
);
COMMENT ON TABLE folded_month IS 'How far each month is summed up; see docs/explanation/statistics.md.';
COMMENT ON COLUMN folded_month.folding IS 'Whoever stores values of a day up to this one marks the series as changed.';
COMMENT ON COLUMN folded_month.folded IS 'series_month holds the days of the month up to this one; NULL = none.';
COMMENT ON COLUMN folded_month.spread_to IS
    'series_month_histogram holds the month, which is over, of the series up to this one; -1 = of none.';

CREATE TABLE series_month (
    month date NOT NULL,
    series_id bigint NOT NULL,
    day_type smallint NOT NULL,
    exponent smallint NOT NULL,
    days smallint NOT NULL,
    complete smallint NOT NULL,
    slots integer NOT NULL,
    present integer NOT NULL,
    suspect integer NOT NULL,
    estimated integer NOT NULL,
    maximum bigint,
    total numeric NOT NULL,
    complete_total numeric NOT NULL,
    PRIMARY KEY (month, series_id, day_type)
) WITH (fillfactor = 50);
COMMENT ON TABLE series_month IS 'The summaries of the blocks of a series, month and type of day, added up.';
COMMENT ON COLUMN series_month.day_type IS '0 Monday to Friday, 1 Saturday, 2 Sunday; UTC days.';
COMMENT ON COLUMN series_month.exponent IS 'That of the series when this was summed up.';
COMMENT ON COLUMN series_month.days IS 'Blocks there are.';
COMMENT ON COLUMN series_month.complete IS 'Of these, blocks without a missing value.';
COMMENT ON COLUMN series_month.slots IS 'Values that would make all these blocks complete.';
COMMENT ON COLUMN series_month.complete_total IS 'The total of the complete blocks alone.';

CREATE TABLE series_month_histogram (
    month date NOT NULL,
    series_id bigint NOT NULL,
    day_type smallint NOT NULL,
    values bytea NOT NULL,
    totals bytea NOT NULL,
    PRIMARY KEY (month, series_id, day_type)
);
COMMENT ON TABLE series_month_histogram IS 'How the values of a series, month that is over and type of day are spread.';
COMMENT ON COLUMN series_month_histogram.values IS 'Pairs of big-endian uint16: a bin and how many values lie in it.';
COMMENT ON COLUMN series_month_histogram.totals IS 'The same for the totals of complete days.';

CREATE TABLE series_month_changed (
    month date NOT NULL,
    series_id bigint NOT NULL,
    PRIMARY KEY (month, series_id)
);
COMMENT ON TABLE series_month_changed IS 'Months of series with blocks that changed after they were summed up.';
"""

DROP_TABLES = """
DROP TABLE series_month_changed;
DROP TABLE series_month_histogram;
DROP TABLE series_month;
DROP TABLE folded_month;
"""

# Rows come by day, so a few octets per stretch of pages tell where a day is. It never keeps a row from staying in its
# page, as its column never changes.
INDEX = "CREATE INDEX series_day_day ON series_day USING brin (day) WITH (pages_per_range = 32, autosummarize = on)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0003_derivation")]

    operations: ClassVar = [
        migrations.RunSQL(TABLES, DROP_TABLES),
        migrations.RunSQL(INDEX, "DROP INDEX series_day_day"),
    ]
