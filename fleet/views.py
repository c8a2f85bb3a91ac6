"""What devices call. It is no part of the protocol: own credentials, no versions, no MaaS provider."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from fleet.gateway import reports
from fleet.gateway.credentials import DeviceGroupAuthentication, IsDeviceGroup
from tomp.errors import Invalid, Missing


class Telemetry(APIView):
    """Devices, or the middleware between them and us, report about their vehicles."""

    authentication_classes = (DeviceGroupAuthentication,)
    permission_classes = (IsDeviceGroup,)
    throttle_classes = ()  # a report that is late is worth nothing, and batches are bounded
    versioning_class = None
    http_method_names = ("post",)

    @extend_schema(exclude=True)
    def post(self, request):
        """A batch is taken in; the answer says what became of each report."""
        outcome = reports.take_in(vehicles=request.auth.vehicles(), reports=_reports(request.data), now=timezone.now())
        return Response(
            {
                "accepted": outcome.accepted,
                "repeated": outcome.repeated,
                "late": outcome.late,
                "unknown": outcome.unknown,
                "wrong": outcome.wrong,
            }
        )


def _reports(body):
    if not isinstance(body, dict) or body.get("reports") is None:
        raise Missing("Field: reports, Reason: a batch is an object with a list of reports.")
    if not isinstance(body["reports"], list):
        raise Invalid("Field: reports, Reason: a list is expected.")
    return body["reports"]
