"""Who is signed in, and whether they have a second step: both in one statement."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django_otp.plugins.otp_totp.models import TOTPDevice


class StaffBackend(ModelBackend):
    """Django's, whose users know whether they set up a second step (`has_second_step`)."""

    def get_user(self, user_id: int) -> User | None:
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        user = User.objects.annotate(has_second_step=Exists(devices)).filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None
