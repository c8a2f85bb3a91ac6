"""The import of a fleet list, CSV or XLSX: table → parse → compare → apply. Only the last two see the database."""
