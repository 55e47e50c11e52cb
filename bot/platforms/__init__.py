"""Adapters: each translates its platform's events to turns, dispatches, and renders replies."""
