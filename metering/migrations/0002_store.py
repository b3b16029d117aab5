"""Tables of the value store. Raw SQL because Django knows neither partitions nor blocks."""

from django.db import migrations

TABLES = """
CREATE TABLE value_origin (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    job_id bigint,
    user_id bigint,
    rule text NOT NULL,
    message text NOT NULL,
    action_id text NOT NULL
);
COMMENT ON TABLE value_origin IS 'Who, when and why: one row per write that changed anything.';

CREATE TABLE series_day (
    series_id bigint NOT NULL,
    total bigint NOT NULL,
    maximum bigint,
    changed_at timestamptz NOT NULL,
    origin_id bigint NOT NULL,
    day date NOT NULL,
    interval_s integer NOT NULL,
    version integer NOT NULL,
    present smallint NOT NULL,
    suspect smallint NOT NULL,
    estimated smallint NOT NULL,
    arrivals bytea,
    values bytea NOT NULL,
    quality bytea,
    status bytea,
    PRIMARY KEY (series_id, day)
) PARTITION BY RANGE (day);
COMMENT ON TABLE series_day IS 'One row per series and UTC day; see docs/explanation/value-store.md.';
COMMENT ON COLUMN series_day.changed_at IS 'The instant of the last write that changed anything.';
COMMENT ON COLUMN series_day.origin_id IS 'The write that made the row; its values came with it, save those of arrivals.';
COMMENT ON COLUMN series_day.version IS 'One more than the rows of series_day_version.';
COMMENT ON COLUMN series_day.arrivals IS
    'Slots that later writes filled: first slot, slots, ledger id beyond origin_id, of seven bits per octet; NULL = none.';
COMMENT ON COLUMN series_day.values IS 'Big-endian int32 or int64 per slot; the smallest integer means no value.';
COMMENT ON COLUMN series_day.quality IS 'One code per slot; NULL = all measured.';
COMMENT ON COLUMN series_day.status IS 'Status word of the meter, 1, 2 or 4 bytes per slot; NULL = all zero.';

CREATE TABLE series_day_version (
    series_id bigint NOT NULL,
    replaced_at timestamptz NOT NULL,
    replaced_by bigint NOT NULL,
    day date NOT NULL,
    version integer NOT NULL,
    first_slot smallint NOT NULL,
    slots smallint NOT NULL,
    values bytea NOT NULL,
    quality bytea,
    status bytea,
    PRIMARY KEY (series_id, day, version)
) PARTITION BY RANGE (day);
COMMENT ON TABLE series_day_version IS
    'What the write replaced_by replaced: the former state of the slots from the first to the last it changed.';

CREATE TABLE register_value (
    series_id bigint NOT NULL,
    at timestamptz NOT NULL,
    value bigint,
    status bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    origin_id bigint NOT NULL,
    version integer NOT NULL,
    quality smallint NOT NULL,
    PRIMARY KEY (series_id, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE register_value IS 'Periodic and on-demand register values; value NULL = deleted by decision.';

CREATE TABLE register_value_version (
    series_id bigint NOT NULL,
    at timestamptz NOT NULL,
    value bigint,
    status bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    replaced_at timestamptz NOT NULL,
    origin_id bigint NOT NULL,
    version integer NOT NULL,
    quality smallint NOT NULL,
    PRIMARY KEY (series_id, at, version)
) PARTITION BY RANGE (at);
"""

DROP_TABLES = """
DROP TABLE register_value_version;
DROP TABLE register_value;
DROP TABLE series_day_version;
DROP TABLE series_day;
DROP TABLE value_origin;
"""

# Casts between bytea and integers exist from PostgreSQL 18 on only; get_byte works everywhere. The sign comes from
# shifting the first byte into the top of an integer of the right width.
FUNCTIONS = """
CREATE FUNCTION block_value(block bytea, slots integer, slot integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN octet_length(block) = 4 * slots THEN nullif(
            (get_byte(block, 4 * slot) << 24) | (get_byte(block, 4 * slot + 1) << 16)
            | (get_byte(block, 4 * slot + 2) << 8) | get_byte(block, 4 * slot + 3),
            -2147483648)::bigint
        ELSE nullif(
            (get_byte(block, 8 * slot)::bigint << 56) | (get_byte(block, 8 * slot + 1)::bigint << 48)
            | (get_byte(block, 8 * slot + 2)::bigint << 40) | (get_byte(block, 8 * slot + 3)::bigint << 32)
            | (get_byte(block, 8 * slot + 4)::bigint << 24) | (get_byte(block, 8 * slot + 5)::bigint << 16)
            | (get_byte(block, 8 * slot + 6)::bigint << 8) | get_byte(block, 8 * slot + 7)::bigint,
            (-9223372036854775808)::bigint)
    END
$$;
COMMENT ON FUNCTION block_value IS 'The value of a slot of a block of series_day, NULL where there is none.';

CREATE FUNCTION block_status(block bytea, slots integer, slot integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE octet_length(block) / slots
        WHEN 1 THEN get_byte(block, slot)::bigint
        WHEN 2 THEN ((get_byte(block, 2 * slot) << 8) | get_byte(block, 2 * slot + 1))::bigint
        WHEN 4 THEN (get_byte(block, 4 * slot)::bigint << 24) | (get_byte(block, 4 * slot + 1) << 16)
            | (get_byte(block, 4 * slot + 2) << 8) | get_byte(block, 4 * slot + 3)
        ELSE 0
    END
$$;
COMMENT ON FUNCTION block_status IS 'The status word of a slot of a block of series_day.';

CREATE FUNCTION block_slice(block bytea, slots integer, first_slot integer, wanted integer) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substring(block FROM 1 + first_slot * (octet_length(block) / slots) FOR wanted * (octet_length(block) / slots))
$$;
COMMENT ON FUNCTION block_slice IS 'The bytes of some consecutive slots of a block of series_day.';
"""

DROP_FUNCTIONS = """
DROP FUNCTION block_slice(bytea, integer, integer, integer);
DROP FUNCTION block_status(bytea, integer, integer);
DROP FUNCTION block_value(bytea, integer, integer);
"""

VIEW = """
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


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLES, DROP_TABLES),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(VIEW, "DROP VIEW profile_value;"),
    ]
