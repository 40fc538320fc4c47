"""Numbers that pass the checks a real one passes, drawn from an explicit random source."""

from random import Random

_NPI_ISSUER = "80840"


def luhn_digit(digits: str) -> str:
    """Return the Luhn check digit that makes `digits` + it valid."""
    doubled = (int(d) * (2 if position % 2 == 0 else 1) for position, d in enumerate(reversed(digits)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def npi(rng: Random) -> str:
    """Draw a ten-digit National Provider Identifier whose check digit (Luhn over 80840 + NPI) holds."""
    first_nine = f"1{rng.randrange(10**8):08d}"
    return first_nine + luhn_digit(_NPI_ISSUER + first_nine)


def ssn(rng: Random) -> str:
    """Draw a social security number of the shape in use: no area 000, 666 or 9xx, no group 00, no serial 0000."""
    area = rng.choice((rng.randrange(1, 666), rng.randrange(667, 900)))
    return f"{area:03d}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}"


def phone(rng: Random) -> str:
    """Draw a telephone number from the 555-01xx block, which belongs to nobody."""
    return f"{rng.randrange(201, 990)}-555-01{rng.randrange(100):02d}"
