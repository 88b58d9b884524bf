"""Codes with parameters, which are what is stored, and the English catalogue that makes words of them."""
