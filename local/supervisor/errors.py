"""Why the local world is not up."""


class WorldError(Exception):
    """A service cannot start, or the world is already running. The text tells a person what to look at."""
