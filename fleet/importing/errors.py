"""Why an import cannot begin, or go on, at all."""

from tomp.sentences import Refusal


class UnusableInput(Refusal):
    """Nothing can be imported; the sentence is for whoever chose the input."""


class NotNow(Refusal):
    """The step does not follow on what became of the import so far."""
