"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from typing import Final

__all__: list[str]
__version__: Final[str]
