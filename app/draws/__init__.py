"""The double-random draw (双随机): what is frozen, tickets, institutions, teams. No clock, no chance, no store: the same
frozen text and the same seed give the same result on every machine.
"""
