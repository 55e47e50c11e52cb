"""Who talks: CLI, settings, wiring, commands, platforms."""
