"""Why an import cannot begin, or go on, at all."""


class UnusableInput(ValueError):
    """Nothing can be imported; the message is one line for whoever chose the input."""


class NotNow(ValueError):
    """The step does not follow on what became of the import so far; the message is one line."""
