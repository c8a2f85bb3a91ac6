"""Why an import cannot begin at all."""


class UnusableInput(ValueError):
    """Nothing can be imported; the message is one line for whoever chose the input."""
