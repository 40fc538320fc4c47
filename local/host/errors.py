"""Why the host does not start."""


class HostError(Exception):
    """The app, its settings or its host.json cannot be served. The text is the one message a person sees."""
