"""Back office: what staff may type on the page of a vehicle."""

from django.core.exceptions import ValidationError

from fleet import identity
from fleet.positions import Misplaced, OperatingArea
from tomp.forms import StaffForm, as_sentence


class AssetForm(StaffForm):
    """What is typed is held against the rules of the fleet list, which writes numbers its own way, too. What was there
    before and is left as it is, is not.
    """

    remark = None  # what is odd about the place, though it may be

    def clean_imei(self):
        return self._read("imei", identity.imei)

    def clean_mac(self):
        return self._read("mac", identity.mac)

    def clean_nfc_id(self):
        return self._read("nfc_id", identity.nfc_id)

    def _read(self, name, read):
        typed = self.cleaned_data[name]
        if not typed or name not in self.changed_data:
            return typed
        try:
            return read(typed)
        except identity.Unfit as refusal:
            raise ValidationError(as_sentence(refusal)) from refusal

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        lat, lon = cleaned.get("lat"), cleaned.get("lon")
        if lat is not None and lon is not None and not {"lat", "lon"}.isdisjoint(self.changed_data):
            try:
                self.remark = OperatingArea.drawn().remark(lat, lon)
            except Misplaced as refusal:
                self.add_error("lat", as_sentence(refusal))
        return cleaned
