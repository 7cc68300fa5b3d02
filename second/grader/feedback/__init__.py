"""Words: what a verdict means for the student, and what to try next. Pure: it reads facts and gives sentences."""

from grader.feedback.writing import graded_record, ungraded_record, unreadable_record

__all__ = ["graded_record", "ungraded_record", "unreadable_record"]
