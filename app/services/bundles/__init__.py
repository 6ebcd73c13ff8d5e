"""What leaves the office: sealed documents, cases in one file, volumes of a month, copies with parts left out."""
