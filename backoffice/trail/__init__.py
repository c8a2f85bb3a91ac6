"""Who changed what, when and why, from what to what? One list, read from where each change is written down anyway.

Nothing is written for it: configuration has its history (django-simple-history), forms without one the log of the
back office, trips and money their own events. docs/audit-trail.md.
"""
