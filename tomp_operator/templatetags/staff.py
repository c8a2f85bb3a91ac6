"""What templates of the back office ask for that their view did not say."""

from typing import Any

from django import template
from django.contrib import admin

register = template.Library()


@register.simple_tag(takes_context=True)
def as_page_of_staff(context: Any) -> str:
    """From here on the template knows what every page of the back office knows: menu, colours, styles."""
    context.update(admin.site.each_context(context["request"]))
    return ""
