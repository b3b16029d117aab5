from django.db import migrations

FORWARD = """
CREATE FUNCTION access_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is insert-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER access_audit_insert_only BEFORE UPDATE OR DELETE ON access_auditrecord
  FOR EACH ROW EXECUTE FUNCTION access_audit_refuse();
CREATE TRIGGER access_audit_insert_only BEFORE UPDATE OR DELETE ON access_auditcheckpoint
  FOR EACH ROW EXECUTE FUNCTION access_audit_refuse();
CREATE TRIGGER access_audit_no_truncate BEFORE TRUNCATE ON access_auditrecord
  FOR EACH STATEMENT EXECUTE FUNCTION access_audit_refuse();
CREATE TRIGGER access_audit_no_truncate BEFORE TRUNCATE ON access_auditcheckpoint
  FOR EACH STATEMENT EXECUTE FUNCTION access_audit_refuse();
"""
BACKWARD = """
DROP TRIGGER access_audit_no_truncate ON access_auditcheckpoint;
DROP TRIGGER access_audit_no_truncate ON access_auditrecord;
DROP TRIGGER access_audit_insert_only ON access_auditcheckpoint;
DROP TRIGGER access_audit_insert_only ON access_auditrecord;
DROP FUNCTION access_audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
