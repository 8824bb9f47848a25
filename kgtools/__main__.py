"""`python -m kgtools`."""

from kgtools.cli.app import main

if __name__ == "__main__":
    main()
