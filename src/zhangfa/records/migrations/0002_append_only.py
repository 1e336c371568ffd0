"""The ledger, frozen verdicts and adopted editions are only ever appended to; direct credit
shares of an order make exactly 100 %."""

from django.db import migrations

TABLES = ("records_ledgerline", "records_verdict", "records_edition")

REFUSE = """
CREATE FUNCTION zhangfa_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever appended to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION zhangfa_refuses();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION zhangfa_refuses();
"""
UNGUARD = """
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""
WHOLE = """
CREATE FUNCTION zhangfa_shares_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one bigint := coalesce(NEW.order_id, OLD.order_id);
    made numeric;
BEGIN
    SELECT sum(share) INTO made FROM records_creditshare WHERE order_id = one AND kind = 'direct';
    IF made IS NOT NULL AND made <> 100 THEN
        RAISE EXCEPTION 'the direct shares of order % make % %%, not 100 %%', one, made
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER records_creditshare_whole
    AFTER INSERT OR UPDATE OR DELETE ON records_creditshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION zhangfa_shares_whole();
"""
UNWHOLE = """
DROP TRIGGER records_creditshare_whole ON records_creditshare;
DROP FUNCTION zhangfa_shares_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION zhangfa_refuses();"),
        *(
            migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table))
            for table in TABLES
        ),
        migrations.RunSQL(WHOLE, UNWHOLE),
    ]
