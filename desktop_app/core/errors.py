"""Errors that are told to a person: a sentence that names the thing, and the way out."""


class UserError(Exception):
    """Something the user can mend; everything else that is raised is a bug.

    Parameters
    ----------
    message : str
        One sentence that names the file, column or setting.
    hint : str
        What to do about it; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ReadError(UserError):
    """A file that cannot be read."""


class ParamError(UserError):
    """A setting that does not exist or is out of its range."""


class FitError(UserError):
    """Data that a detector cannot work on."""


class WriteError(UserError):
    """A file that cannot be written."""
