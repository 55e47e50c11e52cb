"""A worker process that never gets ready: `python -m tests.doubles.sleeper FD`."""

import sys

from jobs.engine.wire import Channel

if __name__ == "__main__":
    channel = Channel(int(sys.argv[1]))
    try:
        while True:
            channel.receive()
    except (EOFError, OSError):
        pass
