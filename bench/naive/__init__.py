"""The naive twin: the same trip as a Django developer writes it who has tutorials at hand, and no time.

Nested model serializers, `save()`, the connection to the database as Django opens it by default. It is good code of its
kind: typed bodies, transactions, a row lock against double bookings. bench/about.md says what it does not do.
"""
