"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from typing import Final

__all__ = ["__version__"]

__version__: Final[str]
