"""Official papers: what fills them, drafts, issuing under a number, what is needed, and service."""
