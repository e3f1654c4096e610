"""Where events go, one file a sink."""

__all__: list[str] = []
