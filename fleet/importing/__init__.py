"""How vehicles and places come in from files: a GBFS feed (gbfs/) or a fleet list in CSV or XLSX (sheets/).

Both read first (pure, no database), then compare with what is there, then write; docs/importing.md.
"""
