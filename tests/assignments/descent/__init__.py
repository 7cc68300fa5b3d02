"""A third, small assignment: functions and objects that are handed to a call, an optimizer, an iterator."""
