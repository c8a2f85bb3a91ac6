"""How one provider is spoken to: in which version, which language, which spelling."""

from dataclasses import dataclass

from tomp.versions import LATEST, Version


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything a serializer needs to know about the reader."""

    version: Version = LATEST
    language: str = "en"
    pascal_case: bool = False
    evidence_condition: bool = False

    def spell(self, name):
        """conditionDeposit, or ConditionDeposit for a provider whose contract says so."""
        return name[0].upper() + name[1:] if self.pascal_case else name
