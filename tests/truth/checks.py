"""An export held against what happened: each line of each sheet of totals."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.central.wording import CATEGORY, FAMILY
from tests.truth.brought import Central
from tests.truth.counting import Month, count
from tests.truth.happened import Sat, Truth, Worked
from tests.truth.reading import export, totals
from tests.truth.town import LABS, machine

#: A sheet of the export, and what its lines are of.
SEPARATELY: dict[str, Callable[[Sat | Worked], tuple[str, ...]]] = {
    "totaux-par-lieu": lambda one: (one.lab,),
    "totaux-par-machine": lambda one: (one.lab, one.machine),
    "totaux-par-famille": lambda one: (family(one),),
    "totaux-par-categorie": lambda one: (category(one),),
}
HEADS = {
    "totaux-par-lieu": ("lieu",),
    "totaux-par-machine": ("lieu", "machine"),
    "totaux-par-famille": ("famille",),
    "totaux-par-categorie": ("categorie",),
}


def family(one: Sat | Worked) -> str:
    slug = machine(one.lab, one.machine).family
    return FAMILY.get(slug, slug)


def category(one: Sat | Worked) -> str:
    return "sans session" if one.category is None else CATEGORY[one.category]


def check_month(central: Central, truth: Truth, month: Month, sheet: str) -> None:
    """Every line there is, and no other; the last is of all together."""
    of, heads = SEPARATELY[sheet], HEADS[sheet]
    *told, (_, whole) = totals(export(central, month), sheet)
    assert whole == count(truth, month, lambda one: True)
    seen = {tuple(row[head] for head in heads): figures for row, figures in told}
    keys = {of(one) for one in (*truth.sat, *truth.worked)}
    expected = {key: count(truth, month, lambda one, key=key: of(one) == key) for key in keys}
    assert seen == {key: figures for key, figures in expected.items() if figures or key in seen}


def check_labs(central: Central, truth: Truth, month: Month) -> None:
    """A lab exported by itself has the figures that it has among all."""
    for lab in LABS:
        *_, (_, whole) = totals(export(central, month, lab), "totaux-par-lieu")
        assert whole == count(truth, month, lambda one, lab=lab: one.lab == lab)
