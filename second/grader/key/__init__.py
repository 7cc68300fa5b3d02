"""The key: questions, answers and rubric, and their file."""
