"""`python -m assent`: the command line. It knows no verb."""

from assent.cli import main

if __name__ == "__main__":
    main()
