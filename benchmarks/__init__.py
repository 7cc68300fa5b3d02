"""What grading costs, as ratios against the least that it could cost: `python -m benchmarks.run`."""
