"""What the operator publishes about itself (TOMP /operator)."""

from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from fleet import information
from fleet.models import Region
from fleet.serializers import plan_json
from maas.authentication import IsProviderOrPublic, check_maas_id
from maas.views import ProviderViewSet, check_receiver
from tomp import components, versions
from tomp.compiled import compiled
from tomp.errors import PASSING, UnsupportedVersion
from tomp.sending import send
from tomp.serializers import Paging, page
from tomp.views import TompViewSet
from tomp_operator import availability, meta, selections, sharing
from tomp_operator.availability import Area
from tomp_operator.filters import AlertQuery, AvailabilityQuery, PlaceQuery, StationQuery
from tomp_operator.serializers import (
    alert_json,
    availability_json,
    hours_json,
    information_json,
    period_json,
    region_json,
    station_json,
)

TAGS = ["operator information"]
VARYING = ("Accept-Language", "Api-Version")


class PingViewSet(TompViewSet):
    """Whether we are well. Anybody may ask, in any version."""

    module = 1
    versioning_class = None
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="operator_ping", responses={200: None}, tags=TAGS)
    def ping(self, request):
        """200 while we and our database answer; an answer of 500 says that not every operation works."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except PASSING as error:  # other operations answer 503 then; the official file knows 500 here
            raise RuntimeError("The database does not answer.") from error
        return Response()


class MetaViewSet(TompViewSet):
    """What we implement. Anybody may ask, in any version; a provider sees the terms of its own contract."""

    module = 1
    versioning_class = None
    permission_classes = (AllowAny,)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        check_receiver(request)
        if "maas-id" in request.headers:
            check_maas_id(request, request.auth)

    @extend_schema(
        operation_id="operator_meta", responses={200: components.EndpointImplementation(many=True)}, tags=TAGS
    )
    def meta(self, request):
        """The versions served here and what each of them offers."""
        routes = import_module(settings.ROOT_URLCONF).tomp_patterns
        return Response(
            meta.implementations(routes, provider=request.auth, reader=self._reader(), language=self.language)
        )

    def _reader(self):
        """The version that is asked in; the lowest where it is none of ours, for meta tells which we serve."""
        try:
            return versions.parse(self.request.headers.get("Api-Version", ""))
        except UnsupportedVersion:
            return versions.LOWEST


class OperatorViewSet(ProviderViewSet):
    """The system, its places, its vehicles, its prices and its hours."""

    module = 1
    permission_classes = (IsProviderOrPublic,)
    paged_actions = ("regions", "stations", "available_assets", "alerts")

    @extend_schema(operation_id="operator_information", responses={200: components.SystemInformation}, tags=TAGS)
    def information(self, request):
        """Who we are."""
        return Response(information_json(information.system(), selections.means(), language=self.language))

    @extend_schema(
        operation_id="operator_regions",
        parameters=[Paging],
        responses={200: components.SystemRegion(many=True)},
        tags=TAGS,
    )
    def regions(self, request):
        """Where we operate, and zones with rules of their own."""
        return Response(
            [
                region_json(region, language=self.language, version=self.version)
                for region in selections.regions(**self.valid_query(Paging))
            ]
        )

    @extend_schema(
        operation_id="operator_stations",
        parameters=[StationQuery],
        responses={200: components.StationInformation(many=True)},
        tags=TAGS,
    )
    def stations(self, request):
        """The stations, with what stands there now."""
        query = self.valid_query(StationQuery)

        def told():
            chosen = selections.stations(**query)
            return [station_json(station, stock, language=self.language) for station, stock in chosen]

        if query["region_id"] is not None or query["radius_m"] is not None:
            return Response(told())
        return self._shared(query, stamp=selections.stations_stamp, write=told, now=timezone.now())

    @extend_schema(
        operation_id="operator_available_assets",
        parameters=[AvailabilityQuery],
        responses={200: components.AssetType(many=True)},
        tags=TAGS,
    )
    def available_assets(self, request):
        """What can be had now: a row per type, place and price. Rows are paged, the vehicles in them are not."""
        query, now = self.valid_query(AvailabilityQuery), timezone.now()
        area = self._area(query)
        if area is None:
            return Response([])

        def told():
            rows = availability.rows(area, provider=self.provider, now=now)
            rows = page(rows, offset=query["offset"], limit=query["limit"])
            return availability_json(rows, self.dialect, now=now)

        if not area.is_everywhere:
            return Response(told())
        stamp = partial(availability.stamp, provider=self.provider, now=now)
        return self._shared(query, stamp=stamp, write=told, now=now)

    def _area(self, query):
        """None if there is no such region."""
        region = None
        if query["region_id"] is not None:
            region = _region.first(region_id=query["region_id"])
            if region is None:
                return None
        return Area(station_id=query["station_id"], region=region, box=query["box"])

    def _shared(self, query, *, stamp, write, now):
        """What whoever asks the same in the same dialect is told; nothing is sent to who has it already.

        To be asked for again each time: what is booked must not be offered by a cache.
        """
        what = self.action, self.dialect, query["offset"], query["limit"]
        content = sharing.content(what, stamp=stamp, write=write, now=now)
        answer: Any = send(self.request, content, headers={"Cache-Control": "private, no-cache"}, vary=VARYING)
        answer.renderer_context = self.get_renderer_context()  # as any answer has it: the call is counted by it
        return answer

    @extend_schema(
        operation_id="operator_pricing_plans",
        parameters=[PlaceQuery],
        responses={200: components.SystemPricingPlan(many=True)},
        tags=TAGS,
    )
    def pricing_plans(self, request):
        """Our prices; with a region or a station: those that may be charged there."""
        plans = selections.pricing_plans(**self.valid_query(PlaceQuery))
        return Response(
            [plan_json(plan, language=self.language, station=at, region=around) for plan, at, around in plans]
        )

    @extend_schema(
        operation_id="operator_alerts",
        parameters=[AlertQuery],
        responses={200: components.SystemAlert(many=True)},
        tags=TAGS,
    )
    def alerts(self, request):
        """What travellers should know; what is over is not listed any more."""
        alerts = selections.alerts(**self.valid_query(AlertQuery), now=timezone.now())
        return Response([alert_json(alert, language=self.language) for alert in alerts])

    @extend_schema(
        operation_id="operator_operating_hours",
        parameters=[PlaceQuery],
        responses={200: components.SystemHours(many=True)},
        tags=TAGS,
    )
    def operating_hours(self, request):
        """When we are open, in our time zone; with a region or a station: when we are open there."""
        return Response([hours_json(hours) for hours in selections.opening_hours(**self.valid_query(PlaceQuery))])

    @extend_schema(
        operation_id="operator_operating_calendar",
        parameters=[PlaceQuery],
        responses={200: components.SystemCalendar(many=True)},
        tags=TAGS,
    )
    def operating_calendar(self, request):
        """In which part of the year we are open; with a region or a station: there."""
        return Response([period_json(period) for period in selections.calendar(**self.valid_query(PlaceQuery))])


@compiled
def _region(region_id):
    return Region.objects.filter(region_id=region_id)
