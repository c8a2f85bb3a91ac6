from django.db import migrations

# A number that was used stays used, for what it was used for.
FORWARD = """
CREATE FUNCTION payments_invoices_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an invoice never changes; append a correction to the journal and invoice that'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER invoices_stay BEFORE UPDATE OR DELETE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_invoices_stay();
"""
BACKWARD = """
DROP TRIGGER invoices_stay ON payments_invoice;
DROP FUNCTION payments_invoices_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ('payments', '0003_payments'),("payments", "0003_payments")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
