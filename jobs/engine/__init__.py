"""Models run here: one `Engine` protocol, its local worker process and the tasks that run in it."""
