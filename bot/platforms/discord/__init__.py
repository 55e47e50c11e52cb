"""Recap on Discord."""
