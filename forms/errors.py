"""What can go wrong on paper. Each error has a stable `code`; its sentence lives with the window."""

from collections.abc import Mapping


class FormError(Exception):
    """Root of all refusals of this package.

    Attributes:
        code: Stable, dotted.
        params: Plain values for the sentence.
        retryable: Always False here: the same input gives the same answer.
    """

    code = "form"
    retryable = False

    def __init__(self, **params: str | int) -> None:
        self.params: Mapping[str, str | int] = dict(params)
        super().__init__(f"{self.code} {dict(params)}")


class TotalsDisagree(FormError):
    """A total given for printing is not the sum of the figures printed above it."""

    code = "form.totals_disagree"


class NaiveTime(FormError):
    """A time without a zone was given: on paper it could not be told which minute is meant."""

    code = "form.naive_time"


class ForeignSignature(FormError):
    """A signature names a page hash that no page of this document has."""

    code = "form.foreign_signature"


class NoSuchBox(FormError):
    """A signature names a signer or a kind of box that its page does not offer."""

    code = "form.no_such_box"


class NothingToPrint(FormError):
    """A record without any section was asked for."""

    code = "form.nothing_to_print"


class BoxTaken(FormError):
    """Two signatures are given for one box."""

    code = "form.box_taken"


class RowsMisshapen(FormError):
    """A row has more or fewer cells than its table has columns."""

    code = "form.rows_misshapen"


class UnreadablePdf(FormError):
    """The bytes are no PDF that this package has written."""

    code = "form.unreadable_pdf"


class DataFault(FormError):
    """A data file of wording or law is not as it should be; params name file, place, reason and value."""

    code = "form.data_fault"


class NoSuchLaw(FormError):
    """A paper prints a figure of the law that is not in force on its day."""

    code = "form.no_such_law"


class NoSuchPaper(FormError):
    """A paper is named that there is not."""

    code = "form.no_such_paper"
