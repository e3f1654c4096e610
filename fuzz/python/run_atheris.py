"""Fuzz the boundary with atheris: `python fuzz/python/run_atheris.py -atheris_runs=1000000 FOLDER`.

atheris is installed for this alone (`pip install atheris`); FOLDER keeps what it finds on the way.
"""

import logging
import sys

import atheris

with atheris.instrument_imports(include=["boundary", "zenoo_security"]):
    import boundary

# Refusals are audited, each a line.
logging.disable()
atheris.Setup(sys.argv, boundary.run)
atheris.Fuzz()
