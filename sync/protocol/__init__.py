"""What both ends of sync import, and only this: lines, chains, the fold, messages and framing."""
