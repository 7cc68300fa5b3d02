"""What grading costs, measured against the least that it could cost: see `run.py`."""
