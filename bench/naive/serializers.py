"""Requests and answers, in the protocol's words."""

from rest_framework import serializers

from bench.naive.models import Asset, AssetType, Booking, FarePart, Leg, Plan


class CoordinatesSerializer(serializers.Serializer):
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lng = serializers.FloatField(min_value=-180, max_value=180)


class PlaceSerializer(serializers.Serializer):
    coordinates = CoordinatesSerializer()


class PlaceAnswer(serializers.Serializer):
    coordinates = CoordinatesSerializer(source="*")


class OneStopRequest(serializers.Serializer):
    useAssets = serializers.SlugRelatedField(slug_field="public_id", queryset=Asset.objects.all(), many=True)

    def get_fields(self):
        return super().get_fields() | {"from": PlaceSerializer()}


class LegEventRequest(serializers.Serializer):
    event = serializers.ChoiceField(choices=["SET_IN_USE", "FINISH"])
    time = serializers.DateTimeField()


class FarePartSerializer(serializers.ModelSerializer):
    class Meta:
        model = FarePart
        fields = ("type", "amount", "minutes")


class PlanSerializer(serializers.ModelSerializer):
    parts = FarePartSerializer(many=True)
    vatRate = serializers.DecimalField(source="vat_rate", max_digits=5, decimal_places=2)

    class Meta:
        model = Plan
        fields = ("currency", "vatRate", "parts")


class AssetTypeSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="type_id")
    assetClass = serializers.CharField(source="asset_class")

    class Meta:
        model = AssetType
        fields = ("id", "assetClass", "name")


class AssetSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id")
    stateOfCharge = serializers.IntegerField(source="state_of_charge")
    coordinates = CoordinatesSerializer(source="*")

    class Meta:
        model = Asset
        fields = ("id", "stateOfCharge", "coordinates")


class LegSerializer(serializers.ModelSerializer):
    asset = AssetSerializer()
    assetType = AssetTypeSerializer(source="asset.asset_type")
    pricing = PlanSerializer(source="asset.asset_type.plan")
    actualDepartureTime = serializers.DateTimeField(source="departed_at")
    actualArrivalTime = serializers.DateTimeField(source="arrived_at")

    class Meta:
        model = Leg
        fields = ("id", "state", "asset", "assetType", "pricing", "price", "actualDepartureTime", "actualArrivalTime")


class BookingSerializer(serializers.ModelSerializer):
    departureTime = serializers.DateTimeField(source="departs_at")
    legs = LegSerializer(many=True)

    class Meta:
        model = Booking
        fields = ("id", "state", "departureTime", "legs")

    def get_fields(self):
        return super().get_fields() | {"from": PlaceAnswer(source="*")}
