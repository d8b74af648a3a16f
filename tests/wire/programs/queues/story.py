"""What all programs of the queue tests have in common: the same six jobs, whatever the library."""

QUEUE = "letters"
JOBS = 6
"""One that greets, one that fails at first, one that is broken, and three that greet, sent at once."""

PATIENCE_SECONDS = 60.0
FLAKY = "the other side did not answer"
BROKEN = "no such address"
