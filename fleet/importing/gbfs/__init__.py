"""The import of a GBFS feed: source → schema → translate → write. Only write.py touches the database."""
