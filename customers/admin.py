"""Back office: the customers of the providers, and whether we still serve them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from customers import services
from customers.models import Customer
from tomp.admin import ConfirmForm, ReadOnlyAdmin, ReasonForm, attempt, back, has_id, label, link


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Providers keep their customers' data; here staff see who it is, and block or unblock."""

    list_display = ("external_id", "provider", "status_label", "blocked_reason", "created_at")
    list_filter = (("status", ChoicesDropdownFilter), ("provider", AutocompleteSelectFilter))
    list_select_related = ("provider",)
    search_fields = ("external_id",)
    search_help_text = _("Customer number, or our own id")
    date_hierarchy = "created_at"
    actions_detail = ("block", "unblock")
    fields = (
        "external_id",
        "provider",
        ("status_label", "blocked_reason"),
        "id",
        "bookings",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("status_label", "bookings")

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("id", search_term)), may_repeat

    def get_actions_detail(self, request, object_id):
        """The one of both that makes a difference."""
        customer = self.get_object(request, object_id)
        useless = "unblock" if customer is None or not customer.is_blocked else "block"
        actions = super().get_actions_detail(request, object_id)
        return [action for action in actions if action.path != useless]

    def has_decide_permission(self, request, obj=None):
        return request.user.has_perm("customers.change_customer")

    @display(description=_("status"), ordering="status")
    def status_label(self, customer):
        return label(customer.status, customer.get_status_display(), {"ACTIVE": "success", "BLOCKED": "danger"})

    @display(description=_("bookings"))
    def bookings(self, customer):
        address = f"{reverse('admin:bookings_booking_changelist')}?customer__id__exact={customer.pk}&state=all"
        return link(address, _("All bookings"))

    @action(
        description=_("Block"),
        icon="block",
        permissions=["decide"],
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Block customer"),
            "description": _("No new booking is accepted under this customer number, whichever provider sends it."),
            "form_class": ReasonForm,
            "form_submit_text": _("Block"),
        },
    )
    def block(self, request, form, object_id):
        customer = self.existing(request, object_id)
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            lambda: services.block(external_id=customer.external_id, reason=reason),
            lambda blocked: _("Blocked: %(who)s.") % {"who": _who(blocked)},
        ):
            self.log_change(request, customer, f"Blocked: {reason}")
        return back(request)

    @action(
        description=_("Unblock"),
        icon="check",
        permissions=["decide"],
        variant=ActionVariant.SUCCESS,
        dialog={
            "title": _("Unblock customer"),
            "description": _("Bookings under this customer number are accepted again."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Unblock"),
        },
    )
    def unblock(self, request, form, object_id):
        customer = self.existing(request, object_id)
        if attempt(
            request,
            lambda: services.unblock(external_id=customer.external_id),
            lambda unblocked: _("Served again: %(who)s.") % {"who": _who(unblocked)},
        ):
            self.log_change(request, customer, "Unblocked")
        return back(request)


def _who(customers):
    return ", ".join(f"{customer} ({customer.provider})" for customer in customers)
