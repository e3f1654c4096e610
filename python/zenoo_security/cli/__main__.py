"""`python -m zenoo_security.cli`, for where the script is not on the PATH."""

from zenoo_security.cli import main

if __name__ == "__main__":
    main()
