"""The parts of the loopback Slack; `tests.doubles.slack_server` is what a test uses."""
