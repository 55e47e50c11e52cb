"""One file a step, `NNNN_what.py`; the number is the revision."""
