"""The monthly export as one workbook, in two formats of the same content."""
