from django.db import migrations

# Amounts and what they are for never change; only the invoice an entry is on may be filled in, once.
FORWARD = """
CREATE FUNCTION payments_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a journal entry is never deleted; append a correction'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - ARRAY['state', 'invoice_number', 'invoiced_at']
       IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'invoice_number', 'invoiced_at']
       OR OLD.state = 'INVOICED' THEN
        RAISE EXCEPTION 'a journal entry never changes; append a correction'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON payments_journalentry
    FOR EACH ROW EXECUTE FUNCTION payments_journal_is_append_only();
"""
BACKWARD = """
DROP TRIGGER journal_is_append_only ON payments_journalentry;
DROP FUNCTION payments_journal_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
