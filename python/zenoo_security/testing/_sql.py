"""Runs one SQL statement for `postgres.py`, in a Python environment that has psycopg2, or psycopg 3.

Reads `{"connection": {}, "query": "", "params": []}` from its standard input and writes the rows as a list of objects.
"""

import json
import sys
from typing import Any


def main() -> int:
    """Run the statement; 1 when PostgreSQL refuses it."""
    driver, options = _driver()
    request = json.load(sys.stdin)
    try:
        connection = driver.connect(**request["connection"], **options)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(request["query"], request["params"] or None)
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor] if names else []
    except driver.Error as error:
        sys.stderr.write(str(error))
        return 1
    json.dump(rows, sys.stdout, default=str)
    return 0


def _driver() -> tuple[Any, dict[str, Any]]:
    """Import what there is; psycopg 3 is told to put the parameters into the statement itself, as psycopg2 does."""
    try:
        import psycopg2  # noqa: PLC0415 - so that this file can be imported where there is none
    except ImportError:
        import psycopg  # noqa: PLC0415 - as above

        return psycopg, {"cursor_factory": psycopg.ClientCursor}
    return psycopg2, {}


if __name__ == "__main__":
    sys.exit(main())
