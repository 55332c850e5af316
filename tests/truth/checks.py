"""An export held against what happened: each line of each sheet of totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from kiosk.central.wording import CATEGORY, FAMILY, PURPOSE
from tests.truth import counting_people as people
from tests.truth.brought import Central
from tests.truth.counting import Month, around, count
from tests.truth.happened import Sat, Truth, Worked
from tests.truth.reading import export, lines, totals
from tests.truth.town import LABS, machine

#: A sheet of the export, and what its lines are of.
SEPARATELY: dict[str, Callable[[Sat | Worked], tuple[str, ...]]] = {
    "totaux-par-lieu": lambda one: (one.lab,),
    "totaux-par-machine": lambda one: (one.lab, one.machine),
    "totaux-par-famille": lambda one: (family(one),),
    "totaux-par-categorie": lambda one: (category(one),),
}
MEMBERSHIPS = ("adhesions_nouvelles", "adhesions_renouvelees", "adhesions_annulees")
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
    truth = around(truth, month)
    of, heads = SEPARATELY[sheet], HEADS[sheet]
    *told, (_, whole) = totals(export(central, month), sheet)
    assert whole == count(truth, month, lambda one: True)
    seen = {tuple(row[head] for head in heads): figures for row, figures in told}
    keys = {of(one) for one in (*truth.sat, *truth.worked)}
    expected = {key: count(truth, month, lambda one, key=key: of(one) == key) for key in keys}
    assert seen == {key: figures for key, figures in expected.items() if figures or key in seen}


def check_held(central: Central, truth: Truth, month: Month, first: date) -> None:
    """Things made, workshops, memberships and open days, and who was welcomed."""
    made = export(central, month)
    rows = lines(made, "objets")[:-1]
    assert _sum(rows, "objet") == people.made(truth, month)
    assert _sum(rows, "pour") == Counter(
        {PURPOSE[of]: count for of, count in people.made_for(truth, month).items()}
    )
    (*_, total) = lines(made, "ateliers")
    expected = people.held(truth, month)
    told = {key: int(total[key].replace(".", "")) for key in expected if key in total}
    assert told == {key: expected[key] for key in told}
    assert len(lines(made, "ateliers")) - 1 == expected["ateliers"]
    taken: Counter[tuple[str, str]] = Counter()
    for row in lines(made, "adhesions")[:-1]:
        for what in MEMBERSHIPS:
            taken[what, row["categorie"]] += int(row[what])
    assert +taken == Counter(
        {(what, CATEGORY[of]): n for (what, of), n in people.taken(truth, month).items()}
    )
    for row in lines(made, "ouvertures")[:-1]:
        days = people.open_days(month, first)
        assert (int(row["jours_ouverts"]), row["ouverture_h"]) == (days, f"{days * 10}.000")


def _sum(rows: list[dict[str, str]], head: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row[head]] += int(row["nombre"])
    return found


def check_labs(central: Central, truth: Truth, month: Month) -> None:
    """A lab exported by itself has the figures that it has among all."""
    truth = around(truth, month)
    for lab in LABS:
        *_, (_, whole) = totals(export(central, month, lab), "totaux-par-lieu")
        assert whole == count(truth, month, lambda one, lab=lab: one.lab == lab)
