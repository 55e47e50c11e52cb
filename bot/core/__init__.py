"""The platform-neutral core: a `Turn` in, a `Reply` out, one handler per use case."""
