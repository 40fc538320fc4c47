"""Who is easily taken for whom: families under one roof, twins, a parent's namesake, strangers of one name and birth.

Persons stand in rows of `ROW`; the first of a row may head a family of those after them. All of it follows from seed
and number, and none of it touches what a person owes.
"""

from dataclasses import dataclass
from random import Random

ROW = 4


@dataclass(frozen=True, slots=True)
class Kinship:
    """Whose traits a person has, by number. `head`: address, telephone and family name. `namesake`: first name too."""

    head: int | None = None
    namesake: int | None = None
    twin: int | None = None
    stranger: int | None = None
    """Somebody unrelated with the same first and last name, born on the same day."""


ALONE = Kinship()


def kinship(seed: int, number: int, count: int) -> Kinship:
    """Return how person `number` of `count` is related."""
    head, place = number - number % ROW, number % ROW
    rng = Random(f"{seed} family {head}")
    size = rng.choices((1, 2, 3, 4), (60, 15, 12, 13))[0]
    has_namesake, has_twins, has_stranger = (rng.random() < share for share in (0.15, 0.4, 0.02))
    if 0 < place < size:
        return Kinship(
            head=head,
            namesake=head if has_namesake and place == 1 else None,
            twin=number - 1 if has_twins and place == size - 1 and place > 1 else None,
        )
    if has_stranger and place == ROW - 1:
        return Kinship(stranger=(head + count // 2) % count // ROW * ROW)
    return ALONE
