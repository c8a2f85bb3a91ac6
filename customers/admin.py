"""Back office: the customers of the providers, and whether we serve them."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from customers import services
from customers.models import Customer, CustomerStatus
from customers.words import told
from maas.admin.sandbox import SandboxFilter
from tomp.admin import DASH, ConfirmForm, ReadOnlyAdmin, ReasonForm, attempt, back, has_id, label, link, short

STATUS_COLOURS = {
    CustomerStatus.CREATED: "",
    CustomerStatus.TO_PENDING_VALIDATION: "warning",
    CustomerStatus.ACTIVE: "success",
    CustomerStatus.BLOCKED: "danger",
}
WAITING = (CustomerStatus.CREATED, CustomerStatus.TO_PENDING_VALIDATION)


class ErasedFilter(DropdownFilter):
    title = _("erased")
    parameter_name = "erased"

    def lookups(self, request, model_admin):
        return [("no", _("without those erased"))]

    def queryset(self, request, queryset):
        return queryset.known() if self.value() == "no" else queryset


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Providers keep their customers' data; here staff see who it is, approve, block, unblock and erase."""

    list_display = ("number", "name", "email", "provider", "status_label", "blocked_reason", "created_at")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("provider", AutocompleteSelectFilter),
        ErasedFilter,
        SandboxFilter,
    )
    list_select_related = ("provider",)
    search_fields = ("external_id", "data__firstName", "data__lastName", "data__email")
    search_help_text = _("Customer number, our own id, name or e-mail address")
    date_hierarchy = "created_at"
    actions_detail = ("approve", "block", "unblock", "erase")
    fields = (
        ("name", "email"),
        ("external_id", "provider"),
        ("status_label", "blocked_reason"),
        "id",
        "bookings",
        "data",
        "notification_url",
        ("created_at", "updated_at"),
        "erased_at",
    )
    readonly_fields = ("name", "email", "status_label", "bookings")
    words_of_json = {"data": told}

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("id", search_term)), may_repeat

    def get_actions_detail(self, request, object_id):
        """Those that make a difference."""
        customer = self.get_object(request, object_id)
        useful = _useful_actions(customer) if customer else ()
        return [action for action in super().get_actions_detail(request, object_id) if action.path in useful]

    def has_decide_permission(self, request, obj=None):
        return request.user.has_perm("customers.change_customer")

    def has_erase_permission(self, request, obj=None):
        return request.user.has_perm("customers.delete_customer")

    @display(description=_("number"), ordering="external_id")
    def number(self, customer):
        return customer.external_id or short(customer.pk)

    @display(description=_("name"), ordering="data__lastName")
    def name(self, customer):
        names = (customer.data.get(part) for part in ("firstName", "middleName", "lastName"))
        return " ".join(name for name in names if name) or DASH

    @display(description=_("e-mail"), ordering="data__email")
    def email(self, customer):
        return customer.data.get("email") or DASH

    @display(description=_("status"), ordering="status")
    def status_label(self, customer):
        if customer.erased_at:
            return label("erased", _("erased"), {})
        return label(customer.status, customer.get_status_display(), STATUS_COLOURS)

    @display(description=_("bookings"))
    def bookings(self, customer):
        address = f"{reverse('admin:bookings_booking_changelist')}?customer__id__exact={customer.pk}&state=all"
        return link(address, _("All bookings"))

    @action(
        description=_("Approve"),
        icon="how_to_reg",
        permissions=["decide"],
        variant=ActionVariant.SUCCESS,
        dialog={
            "title": _("Approve customer"),
            "description": _("The provider may book for this customer from now on."),
            "form_class": ReasonForm,
            "form_submit_text": _("Approve"),
        },
    )
    def approve(self, request, form, object_id):
        return self._decide(request, object_id, form, services.approve, _("Approved: %(who)s."), "Approved")

    @action(
        description=_("Block"),
        icon="block",
        permissions=["decide"],
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Block customer"),
            "description": _("No new booking of this provider is accepted for this customer."),
            "form_class": ReasonForm,
            "form_submit_text": _("Block"),
        },
    )
    def block(self, request, form, object_id):
        def block(customer_id):
            return services.block(customer_id=customer_id, reason=form.cleaned_data["reason"])

        return self._decide(request, object_id, form, block, _("Blocked: %(who)s."), "Blocked")

    @action(
        description=_("Unblock"),
        icon="check",
        permissions=["decide"],
        variant=ActionVariant.SUCCESS,
        dialog={
            "title": _("Unblock customer"),
            "description": _("Bookings for this customer are accepted again."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Unblock"),
        },
    )
    def unblock(self, request, form, object_id):
        return self._decide(request, object_id, form, services.unblock, _("Served again: %(who)s."), "Unblocked")

    @action(
        description=_("Erase"),
        icon="person_remove",
        permissions=["erase"],
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Erase personal data"),
            "description": _(
                "The data of the account, those sent with its bookings and the contacts in its support requests are "
                "gone for good. Trips and journal stay, without a name."
            ),
            "form_class": ReasonForm,
            "form_submit_text": _("Erase"),
        },
    )
    def erase(self, request, form, object_id):
        def erase(customer_id):
            return services.erase(customer_id=customer_id, now=timezone.now())

        return self._decide(request, object_id, form, erase, _("Erased: %(who)s."), "Erased")

    def _decide(self, request, object_id, form, service, done, logged):
        """The service is run for this customer, and what was done is remembered with the reason."""
        customer_id = self.existing(request, object_id).pk
        decided = []

        def run():
            decided.append(service(customer_id=customer_id))
            return decided[0]

        if attempt(request, run, lambda customer: done % {"who": customer}):
            reason = form.cleaned_data.get("reason")
            self.log_change(request, decided[0], f"{logged}: {reason}" if reason else logged)
        return back(request)


def _useful_actions(customer):
    if customer.erased_at:
        return ("unblock",) if customer.is_blocked else ()
    approve = ("approve",) if customer.status in WAITING else ()
    return (*approve, "unblock" if customer.is_blocked else "block", "erase")
