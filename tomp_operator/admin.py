"""Back office: the staff and their groups, what they did, the jobs; what is nobody's business is hidden."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from backoffice.signin.admin import SignInActions
from tomp import edits
from tomp.admin import DASH, ReadOnlyAdmin, ReadOnlyInline, StaffAdmin, label
from tomp.deleting import Kind
from tomp.words import grouped

# Tokens are made, used and forgotten by the API; clients belong to the page of their provider. The secrets of a second
# step are their owner's alone.
HIDDEN = (
    StaticDevice,
    TOTPDevice,
    get_access_token_model(),
    get_application_model(),
    get_grant_model(),
    get_id_token_model(),
    get_refresh_token_model(),
)

REPLACED = (User, Group, ProcrastinateJob)
for model in (*HIDDEN, *REPLACED):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

JOBS = {
    "todo": (_("waits"), "info"), "doing": (_("runs"), "info"), "succeeded": (_("done"), "success"),
    "failed": (_("failed"), "danger"), "cancelled": (_("called off"), ""), "aborting": (_("is stopped"), "warning"),
    "aborted": (_("stopped"), "warning"),
}  # fmt: skip
admin.site.index_title = _("Back office")
ONLY_SUPERUSERS_GIVE = ("is_superuser", "user_permissions")


@admin.register(User)
class UserAdmin(SignInActions, DjangoUserAdmin, StaffAdmin):
    """The staff. Only a superuser makes superusers, and only superusers edit them."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", ("groups", AutocompleteSelectFilter))
    filter_horizontal = ("user_permissions",)
    autocomplete_fields = ("groups",)
    readonly_fields = ("last_login", "date_joined", "sign_in", "second_step")
    fieldsets = (*(DjangoUserAdmin.fieldsets or ()), (_("Sign-in"), {"fields": (("sign_in", "second_step"),)}))

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *ONLY_SUPERUSERS_GIVE)

    def has_change_permission(self, request, obj=None):
        is_mine_to_edit = obj is None or request.user.is_superuser or not obj.is_superuser
        return is_mine_to_edit and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_mine_to_edit = obj is None or request.user.is_superuser or not obj.is_superuser
        return is_mine_to_edit and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs, request):
        """Whoever did something stays, or the log could no longer tell of it. They can be made inactive."""
        did = LogEntry.objects.filter(user__in=objs).values_list("user__username").annotate(Count("pk")).order_by()
        if kept := [
            _("What %(user)s did (entries of the log: %(count)s). Make the user inactive instead.")
            % {"user": username, "count": grouped(count)}
            for username, count in did
        ]:
            return [], {}, [], [Kind(each) for each in kept]
        return super().get_deleted_objects(objs, request)

    @display(description=_("name"), ordering="last_name")
    def full_name(self, user):
        return user.get_full_name() or DASH


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, StaffAdmin):
    """A role: what its members may see and do."""

    list_display = ("name", "members")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("user_set")

    @display(description=_("members"))
    def members(self, group):
        return ", ".join(user.get_username() for user in group.user_set.all())


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What staff did in the back office, latest first."""

    list_display = ("action_time", "user", "action_label", "content_type", "object_repr", "change")
    list_filter = (
        ("user", AutocompleteSelectFilter),
        ("action_flag", ChoicesDropdownFilter),
        ("content_type", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("user", "content_type")
    date_hierarchy = "action_time"
    ordering = ("-action_time", "-id")
    search_fields = ("object_repr", "object_id", "change_message")
    fields = ("action_time", "user", "action_label", "content_type", "object_repr", "object_id", "change")
    readonly_fields = ("action_label", "change")

    @display(description=_("action"), ordering="action_flag")
    def action_label(self, entry):
        return label(entry.action_flag, entry.get_action_flag_display(), {1: "success", 2: "info", 3: "danger"})

    @display(description=_("what"))
    def change(self, entry):
        return edits.told(entry)


class JobEventInline(ReadOnlyInline):
    model = ProcrastinateEvent
    fields = ("type", "at")
    hide_title = True


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdmin):
    """Work in the background: what waits, what runs, what failed."""

    list_display = ("id", "task_name", "status_label", "args", "attempts", "scheduled_at", "queue_name", "lock")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("task_name", admin.AllValuesFieldListFilter),
        ("queue_name", admin.AllValuesFieldListFilter),
    )
    search_fields = ("task_name", "lock", "queueing_lock")
    ordering = ("-id",)
    inlines = (JobEventInline,)
    fields = (
        ("task_name", "status_label"), "args", ("attempts", "scheduled_at"), ("queue_name", "priority"),
        ("lock", "queueing_lock"),
    )  # fmt: skip
    readonly_fields = ("status_label",)

    @display(description=_("status"), ordering="status")
    def status_label(self, job):
        told, colour = JOBS.get(job.status, (job.status, ""))
        return label(job.status, told, {job.status: colour})
