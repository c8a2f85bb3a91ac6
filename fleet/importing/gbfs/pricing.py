"""Which plan do types have that a feed gives none? What staff chose, or what they have here already.

A feed may list plans and types and not say which belong together; without a plan nothing is offered or published.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext_noop as _

from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs import types
from fleet.importing.gbfs.items import Contents
from fleet.models import AssetType, PricingPlan
from tomp.sentences import Sentence

NO_PLAN = _(
    "has no default pricing plan: vehicles without a plan of their own are neither offered nor published; "
    "name one with --plan TYPE=PLAN, or choose it in the back office"
)


def give_plans(contents: Contents, chosen: Mapping[str, str], findings: Findings) -> list[str]:
    """Types that the feed leaves without a plan have the chosen one (type id → plan id), of the feed or of ours.

    Those that have none here either are remarked on. Returns the types whose plan is for staff to choose. Raises
    UnusableInput for a choice that is none.
    """
    there = set(
        AssetType.objects.filter(type_id__in=contents.unpriced, default_plan__isnull=False).values_list(
            "type_id", flat=True
        )
    )
    _check(contents, chosen)
    contents.vehicle_types = [
        replace(one, default_plan=chosen[one.type_id]) if one.type_id in chosen else one
        for one in contents.vehicle_types
    ]
    for type_id in contents.unpriced:
        if type_id not in there and type_id not in chosen:
            findings.about(types.NAME).warn(type_id, NO_PLAN)
    return [type_id for type_id in contents.unpriced if type_id in chosen or type_id not in there]


def _check(contents: Contents, chosen: Mapping[str, str]) -> None:
    for type_id in chosen:
        if type_id not in contents.unpriced:
            raise UnusableInput(
                _("'%(type)s' is no type that the feed leaves without a pricing plan; those: %(others)s."),
                type=type_id, others=contents.unpriced or Sentence(_("none")),
            )  # fmt: skip
    known = {plan.plan_id for plan in contents.plans}
    known |= set(PricingPlan.objects.values_list("plan_id", flat=True)) if chosen else set()
    for plan_id in chosen.values():
        if plan_id not in known:
            raise UnusableInput(
                _("There is no pricing plan '%(plan)s', neither in the feed nor here; known: %(known)s."),
                plan=plan_id, known=sorted(known) or Sentence(_("none")),
            )  # fmt: skip
