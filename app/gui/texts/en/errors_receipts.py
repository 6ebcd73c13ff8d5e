"""Sentences of the receipt wall and of conflicts."""

ERRORS = {
    "conflict.value": "“{value}” cannot stand here. Enter what this field takes.",
    "receipts.not_written": "{path} cannot be written: {reason}. Choose another place.",
}
