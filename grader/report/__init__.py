"""What people read: one page for each student, one for the class, and the terminal.

Pages are made from records and the key. To import this room is cheap: jinja2, rich and nbconvert are imported where
they are used.
"""

from grader.report.class_summary import ClassSummary, summarise, write_class_page
from grader.report.page import MARK, PageContext
from grader.report.student_page import prepare, render_student_page

__all__ = ["MARK", "ClassSummary", "PageContext", "prepare", "render_student_page", "summarise", "write_class_page"]
