"""What may be wrong with an official paper, its number or its service."""

ERRORS = {
    "document.seal_drawn": "印章不能手写。请在打印件上盖章后拍照取回，或使用电子签章。",
    "paper.void_instead": "“{title}”已制发，不能删除。如有错误，请注明理由作废后重新制发，或作更正。",
}
