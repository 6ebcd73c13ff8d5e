"""Leads (举报线索): the register, and the wall before who reported them."""
