"""Texts of packages that bring no catalogue for one of our languages, marked so that ours has them.

unfold brings none at all, import-export no Norwegian one, simple-history no Dutch one, and Django's have gaps.
tests/test_catalogues.py tells when a new version of them says something else.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# fmt: off
TEXTS = (
    # of unfold, on every page
    _("All applications"), _("Dark"), _("Filter navigation items"), _("General"), _("Go back"), _("Light"),
    _("Loading more results..."), _("No recent searches"), _("No results found"), _("No results matching your query"),
    _("Recent searches"), _("Return to site"), _("Search apps and models..."), _("System"), _("Type to search"),
    _("Welcome"),
    ngettext_lazy(
        "\n                Found %(counter)s result in %(time)s seconds\n            ",
        "\n                Found %(counter)s results in %(time)s seconds\n            ",
        "counter",
    ),
    # of unfold, in lists
    _("Apply Filters"), _("Date from"), _("Date to"), _("Expand row"), _("False"), _("Hide counts"), _("More actions"),
    _("No data"), _("Record picture"), _("Reset filters"), _("Run"), _("Select action"), _("Select action to run"),
    _("Select all objects on this page for an action"), _("Select all rows"), _("Select record"), _("Select value"),
    _("Show counts"), _("This page yielded into no results. Create a new item or reset your filters."), _("True"),
    _("Value"),
    # of unfold, in forms
    _("After you've created a user, you’ll be able to edit more user options."), _("Choose file to upload"),
    _("Click to cancel"), _("Click to download"), _("Date"), _("Image preview"),
    _("Raw passwords are not stored, so there is no way to see this user’s password, but you can change the password"
      ' using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'),
    _("Select currency"), _("Submit"), _("This item will be deleted."), _("Toggle password visibility"),
    _("View selected %(model)s"),
    # of unfold, when signed out
    _("Welcome back to"),
    _("Thanks for spending some quality time with the web site today."),
    _("You have been successfully logged out from the administration"),
    # of Django: what its catalogues lack, or call otherwise than ours
    _("Disabled"), _("Enabled"), _("History"), _("Password-based authentication"), _("Save and add another"),
    _("Save and continue editing"),
    _("Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to"
      " authenticate using other backends, such as Single Sign-On or LDAP."),
    # of import-export
    _("%(exc_name)s encountered while trying to read file. Ensure you have chosen the correct format for the file."),
    _("Below is a preview of data to be imported. If you are satisfied with the results, click 'Confirm import'"),
    _("Confirm import"), _("Errors"), _("Export"), _("Export selected %(verbose_name_plural)s"), _("File to import"),
    _("Format"),
    _("Import finished: {} new, {} updated, {} deleted and {} skipped {}."), _("Line number"),
    _("No valid data to import. Ensure your file has the correct headers or data for import."),
    _("Non field specific"),
    _("Please correct these errors in your data where possible, then reupload it using the form above."),
    _("Resource"), _("Select all"), _('Select at least 1 field for "%(resource_name)s" to export'),
    _("Select format"), _("Some rows failed to validate"), _("This exporter will export the following fields"),
    _("This exporter will export the following fields: "), _("This importer will import the following fields: "),
    _("Update"), _("Value could not be parsed."), _("View traceback"),
    ngettext_lazy(
        "\n                    Export %(len)s selected item.\n                ",
        "\n                    Export %(len)s selected items.\n                ",
        "len",
    ),
    # of simple-history
    _("Deleted"), _("View history: %s"), ngettext_lazy("entry", "entries", "counter"),
)
# fmt: on
