"""Where staff write, change and delete what an act is about: `town.kept` has its key, by the name of its model."""

from tests.admin.test_forms import filled_in
from tests.town import Act


def new(model):
    return lambda town: f"/admin/{model}/add/"


def page(model, button="change"):
    return lambda town: f"/admin/{model}/{town.kept[model]}/{button}/"


def listed(model):
    return lambda town: f"/admin/{model}/"


def with_other(model, **changes):
    """The form as the page shows it, but for these fields; the consequences were seen."""
    return lambda town: {**filled_in(town.client, page(model)(town)), "_seen": "1", **changes}


def having(model, make, **fields):
    """There is one; what is to be asked of the town when it is made is a function."""

    def given(town):
        asked = {name: value(town) if callable(value) else value for name, value in fields.items()}
        town.kept[model] = make(**asked).pk

    return given


def removing(model, makes, told, given, refused=None):
    """The two ways to delete it: on its page, and chosen on the list."""
    name = model.split("/")[1]
    more = {"given": given, "refused": refused, "needs": ()}
    return {
        f"no more {name}": Act(
            page(model, "delete"), makes, told, f"delete_{name}", lambda town: {"post": "yes"}, **more
        ),
        f"no more of the {name} chosen": Act(
            listed(model), makes, told, f"delete_{name}", lambda town: {**_chosen(town, model), "post": "yes"}, **more
        ),
    }


def _chosen(town, model):
    return {"action": "delete_selected", "_selected_action": [town.kept[model]]}
