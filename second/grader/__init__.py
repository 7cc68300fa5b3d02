"""Grade student notebooks of numpy courses: safely, fairly, and with the reason why."""
