"""What a person with rights on the database could do behind the back of the product."""

from django.db import connection


def behind_the_back(statement: str, table: str = "access_auditrecord") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER access_audit_insert_only")
        cursor.execute(statement)
