"""The MaaS providers: who they are, what was agreed, how we know each other, what we owe them."""

from maas.models.callbacks import Callback, CallbackAttempt, CallbackChannel, CallbackKind, CallbackState
from maas.models.credentials import ApiKey, IdempotentRequest, OAuthClient, digest_of, new_secret
from maas.models.pace import PaceCount
from maas.models.providers import (
    MAAS_ID,
    AccessAnswer,
    LocatedEvent,
    MaasProvider,
    Milestone,
    QuotaPeriod,
    Unstarted,
    usual_access,
)
from maas.models.remarks import Remark, RemarkKind

__all__ = [
    "MAAS_ID",
    "AccessAnswer",
    "ApiKey",
    "Callback",
    "CallbackAttempt",
    "CallbackChannel",
    "CallbackKind",
    "CallbackState",
    "IdempotentRequest",
    "LocatedEvent",
    "MaasProvider",
    "Milestone",
    "OAuthClient",
    "PaceCount",
    "QuotaPeriod",
    "Remark",
    "RemarkKind",
    "Unstarted",
    "digest_of",
    "new_secret",
    "usual_access",
]
