"""The field: what a FabLab's machines, members and hours are, and how they are decided.

Pure: standard library only, no input or output, no clock, no thread.
"""
