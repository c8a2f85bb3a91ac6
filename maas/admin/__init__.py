"""Back office: the MaaS providers, and the calls we owe them."""

from maas.admin import callbacks, providers

__all__ = ["callbacks", "providers"]
