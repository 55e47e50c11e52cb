"""Property tests run on machines that are busy: an example may take as long as it takes."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("recap", settings(), deadline=None)
settings.load_profile("recap")
