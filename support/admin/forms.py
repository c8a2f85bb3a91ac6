"""What the dialogs of the inbox ask."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import strip_tags
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from support import services
from support.admin import shown
from support.models import OPEN, SupportRequest
from support.services.answering import CLOSES
from tomp.forms import key_of

MOST = 30  # that one can tell apart in a dialog
Result, Status = SupportRequest.Result, SupportRequest.Status


def said(text, *, required=True, autofocus=True, initial=None):
    attributes = {"rows": 3, "autofocus": True} if autofocus else {"rows": 3}
    return forms.CharField(
        label=text, max_length=2000, required=required, initial=initial, widget=UnfoldAdminTextareaWidget(attributes)
    )


class AnswerForm(BaseDialogForm):
    status = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=[(status.value, status.label) for status in OPEN],
        widget=UnfoldAdminSelectWidget,
        help_text=_("“Update requested” asks the provider for more. With “Close” it is done."),
    )
    comment = said(_("What the user is told"), required=False)
    resolution_minutes = forms.IntegerField(
        label=_("Minutes until it is solved"),
        min_value=0,
        max_value=10**6,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class CloseForm(BaseDialogForm):
    result = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[(result.value, result.label) for result in CLOSES],
        widget=UnfoldAdminSelectWidget,
    )
    comment = said(_("What the user is told"))


class ReopenForm(BaseDialogForm):
    comment = said(_("What the user is told"))


class NoteForm(BaseDialogForm):
    text = said(_("For colleagues only"))


class AssignForm(BaseDialogForm):
    to = forms.ChoiceField(label=_("Who looks after it?"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        staff = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("username")
        names = staff.values_list("username", flat=True)
        self.fields["to"].choices = [("", _("nobody")), *((name, name) for name in names)]


class Requests(forms.ModelMultipleChoiceField):
    def label_from_instance(self, asked):
        return in_short(asked)


class OneRequest(forms.ModelChoiceField):
    def label_from_instance(self, asked):
        return in_short(asked)


class MergingForm(BaseDialogForm):
    """Of some requests that report the same: which stays, and what are the users of the others told?"""

    kept = OneRequest(
        label=_("This one stays"),
        queryset=SupportRequest.objects.none(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The others go on with it: what is said there is told to all who reported."),
    )
    comment = said(_("What the users of the others are told"), required=False, autofocus=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["comment"].initial = _now("We look after this together with another report of the same.")

    def may_stay(self, requests):
        """The oldest is proposed."""
        self.fields["kept"].queryset = requests
        self.fields["kept"].initial = requests.values_list("pk", flat=True).first()


class MergeSelectedForm(MergingForm):
    def __init__(self, *args, stay, **kwargs):
        super().__init__(*args, **kwargs)
        requests = SupportRequest.objects.filter(pk__in=[asked.pk for asked in stay]).select_related("provider")
        self.may_stay(requests.order_by("created_at", "pk"))


class MergeForm(MergingForm):
    """This request and the others that are open about its trip or vehicle: which are the same, and which stays?"""

    repeated = Requests(
        label=_("These report the same"),
        queryset=SupportRequest.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    field_order = ("repeated", "kept", "comment")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        key = key_of(SupportRequest, self.object_id)
        asked = SupportRequest.objects.filter(pk=key).first()
        others = list(services.alike(asked).values_list("pk", flat=True)[:MOST]) if asked else []
        shown = SupportRequest.objects.filter(Q(pk__in=others) | Q(pk=key)).select_related("provider")
        rows = shown.order_by("created_at", "pk")
        self.may_stay(rows)
        self.fields["repeated"].queryset = rows
        self.fields["repeated"].initial = [row.pk for row in rows if asked and row.support_type == asked.support_type]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        kept, repeated = cleaned.get("kept"), cleaned.get("repeated")
        if kept and repeated and not set(repeated) - {kept}:
            raise ValidationError({"repeated": _("Tick at least one that does not stay.")})
        return cleaned


def in_short(asked):
    """#12 unable to close, Acme, 3 h: The lock does not close."""
    head = f"#{asked.pk} {asked.get_support_type_display()}, {asked.provider}, {strip_tags(shown.age(asked))}"
    return f"{head}: {asked.comment[:60]}" if asked.comment else head
