"""Signatures by certificate on finished PDFs (PAdES): making them, laying the seal, judging them. pyHanko's only home beside the server.

A signature is appended to the file (incremental update); the bytes before it stay as they are, so page hashes and
earlier signatures hold.
"""
