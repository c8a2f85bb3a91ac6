"""What templates of the back office ask for that their view did not say."""

from typing import Any

from django import template
from django.contrib import admin

from tomp.reading import model_at
from tomp.words import grouped

register = template.Library()
register.filter(grouped)


@register.simple_tag(takes_context=True)
def as_page_of_staff(context: Any, title: Any) -> str:
    """From here on the template knows what every page of the back office knows: menu, colours, styles; where it is."""
    request = context["request"]
    model, object_id = model_at(request.path), request.resolver_match.kwargs.get("object_id")
    context.update({**admin.site.each_context(request), "title": title})
    if model is not None and object_id is not None:
        row = admin.site.get_model_admin(model).get_object(request, object_id)
        context.update({"opts": model._meta, "original": row, "subtitle": title, "title": row} if row else {})
    return ""
