"""Runs one SQL statement for `postgres.py`, in the Python environment that has psycopg2.

Reads `{"connection": {}, "query": "", "params": []}` from its standard input and writes the rows as a list of objects.
"""

import json
import sys


def main() -> int:
    """Run the statement; 1 when PostgreSQL refuses it."""
    import psycopg2  # noqa: PLC0415 - so that this file can be imported where there is none

    request = json.load(sys.stdin)
    try:
        connection = psycopg2.connect(**request["connection"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(request["query"], request["params"] or None)
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor] if names else []
    except psycopg2.Error as error:
        sys.stderr.write(str(error))
        return 1
    json.dump(rows, sys.stdout, default=str)
    return 0


if __name__ == "__main__":
    sys.exit(main())
