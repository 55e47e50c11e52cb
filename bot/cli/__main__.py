"""`python -m bot.cli` is `recap`."""

from bot.cli import main

main()
