"""Under which names do pages ask for static files?"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Plain names, until `collectstatic` wrote the list of those that change with the content, and packed copies.

    The list cannot choose the class: the `collectstatic` that shall write it is the first that runs without one.
    """

    def stored_name(self, name: str) -> str:
        """The name to ask for; ValueError where there is a list and the file is not in it."""
        return super().stored_name(name) if self.hashed_files else name
