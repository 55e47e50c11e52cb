"""The parts of the loopback Discord; `tests.doubles.discord_server` is the way in."""
