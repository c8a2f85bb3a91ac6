"""The feeds as they were last written."""

from django.db import models


class Feed(models.Model):
    """One document of one edition, ready to be sent: every web process serves these bytes (gbfs/store.py)."""

    version = models.CharField(max_length=3)
    language = models.CharField(max_length=6, blank=True)  # empty: all languages, or nothing in it is said in words
    name = models.CharField(max_length=30)
    gzipped = models.BinaryField()
    etag = models.CharField(max_length=40)
    built_at = models.DateTimeField()
    ttl = models.PositiveIntegerField(db_default=0)  # seconds; 0: written by a version that did not know of it

    class Meta:
        verbose_name = "GBFS feed"
        verbose_name_plural = "GBFS feeds"
        ordering = ("version", "language", "name")
        constraints = (models.UniqueConstraint(name="a_feed_is_kept_once", fields=["version", "language", "name"]),)

    def __str__(self):
        return "/".join(filter(None, self.key))

    @property
    def key(self):
        return self.version, self.language, self.name
