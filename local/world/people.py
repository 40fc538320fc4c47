"""Names and addresses of people who never lived."""

from random import Random

FIRST_NAMES = {
    "Female": (
        "Ada", "Alma", "Beatrice", "Camila", "Clara", "Daphne", "Edith", "Elena", "Esther", "Fatima", "Flora", "Greta",
        "Hana", "Helen", "Ines", "Irene", "Jasmine", "Judith", "Kavya", "Lena", "Lucia", "Mabel", "Maria", "Miriam",
        "Nadia", "Nora", "Olive", "Paula", "Priya", "Rosa", "Ruth", "Sofia", "Tamara", "Thea", "Vera", "Yuki",
    ),
    "Male": (
        "Aaron", "Abel", "Andre", "Arthur", "Basil", "Boris", "Carlos", "Conrad", "Dario", "Edgar", "Emil", "Felix",
        "Gilbert", "Hassan", "Hector", "Hugo", "Ivan", "Jonas", "Julian", "Kenji", "Leon", "Luis", "Marcus", "Milo",
        "Nathan", "Oscar", "Otto", "Pavel", "Quentin", "Rafael", "Samuel", "Stefan", "Tobias", "Victor", "Wendell",
        "Zane",
    ),
}  # fmt: skip
LAST_NAMES = (
    "Abbott", "Acosta", "Adeyemi", "Baptiste", "Barlow", "Becker", "Bergman", "Calloway", "Castillo", "Chen", "Coleman",
    "Dalton", "Delgado", "Dubois", "Eastman", "Ellery", "Fairchild", "Farrow", "Fonseca", "Gallagher", "Garza", "Gupta",
    "Hadley", "Hoffman", "Huang", "Ibarra", "Iverson", "Jansen", "Kaplan", "Kowalski", "Lindgren", "Lombardi", "Mbeki",
    "Mercer", "Moreau", "Nakamura", "Novak", "Ortega", "Osborne", "Patel", "Petrov", "Quigley", "Ramsey", "Rinaldi",
    "Sandoval", "Schroeder", "Sinclair", "Tanaka", "Thornton", "Underhill", "Vasquez", "Volkov", "Whitaker", "Winslow",
    "Yamada", "Yates", "Zimmerman",
)  # fmt: skip
_INITIALS = "ABCDEFGHJKLMNPRSTVWYZ"
_STREETS = (
    "Alder",
    "Birch",
    "Canal",
    "Depot",
    "Elm",
    "Foundry",
    "Grove",
    "Harbor",
    "Juniper",
    "Linden",
    "Mill",
    "Ridge",
)
_KINDS = ("Street", "Avenue", "Lane", "Court")
_TOWNS = (
    "Ashford, OH 44805", "Brookfield, PA 19008", "Cedar Falls, IA 50613", "Dunmore, PA 18512", "Eastlake, OH 44095",
    "Fairview, TN 37062", "Glenwood, IL 60425", "Harlan, KY 40831", "Ironton, MO 63650", "Kingsport, TN 37660",
)  # fmt: skip


def first_name(rng: Random, gender: str) -> str:
    """Draw a first name of the gender (`Female` or `Male`)."""
    return rng.choice(FIRST_NAMES[gender])


def last_name(rng: Random) -> str:
    """Draw a last name; one in eight is a double name."""
    name = rng.choice(LAST_NAMES)
    return f"{name}-{rng.choice(LAST_NAMES)}" if rng.random() < 0.125 else name


def initial(rng: Random) -> str:
    """Draw a middle initial."""
    return rng.choice(_INITIALS)


def address(rng: Random) -> str:
    """Draw a postal address; it holds commas, so a CSV writer must quote it."""
    return f"{rng.randrange(1, 9900)} {rng.choice(_STREETS)} {rng.choice(_KINDS)}, {rng.choice(_TOWNS)}"
