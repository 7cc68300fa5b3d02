"""From outcomes to verdicts: compare, find, name mistakes and differences. Pure: no files, no processes, no points."""
