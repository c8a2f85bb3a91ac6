"""The fleet, its prices and the trips."""

import uuid

from django.db import models


class Provider(models.Model):
    maas_id = models.CharField(max_length=100, unique=True)
    key = models.CharField(max_length=100, unique=True)
    is_authenticated = True

    def __str__(self):
        return self.maas_id


class Plan(models.Model):
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)

    def __str__(self):
        return f"plan {self.pk}"


class FarePart(models.Model):
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="parts")
    type = models.CharField(max_length=5)
    amount = models.DecimalField(max_digits=10, decimal_places=3)
    minutes = models.PositiveIntegerField(null=True)

    def __str__(self):
        return f"{self.type} {self.amount}"


class AssetType(models.Model):
    type_id = models.CharField(max_length=100, unique=True)
    asset_class = models.CharField(max_length=30)
    name = models.CharField(max_length=100)
    plan = models.ForeignKey(Plan, models.PROTECT)

    def __str__(self):
        return self.type_id


class Asset(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    asset_type = models.ForeignKey(AssetType, models.PROTECT)
    state = models.CharField(max_length=10, default="AVAILABLE")
    lat = models.FloatField()
    lng = models.FloatField()
    state_of_charge = models.PositiveIntegerField()

    def __str__(self):
        return str(self.public_id)


class Booking(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    provider = models.ForeignKey(Provider, models.PROTECT)
    state = models.CharField(max_length=25, default="PENDING")
    lat = models.FloatField()
    lng = models.FloatField()
    departs_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return str(self.id)


class Leg(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="legs")
    asset = models.ForeignKey(Asset, models.PROTECT)
    state = models.CharField(max_length=15, default="NOT_STARTED")
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)

    def __str__(self):
        return str(self.id)


class JournalEntry(models.Model):
    leg = models.OneToOneField(Leg, models.PROTECT)
    provider = models.ForeignKey(Provider, models.PROTECT)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.amount} {self.currency}"


class AuditRecord(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT)
    booking = models.ForeignKey(Booking, models.CASCADE)
    action = models.CharField(max_length=30)
    state = models.CharField(max_length=25)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.action} of {self.booking_id}"
