"""The data table filled in on pages: a second editor of the same workbook, read by the same reader.

sections (what stands on which page, names of the inputs) > filling (what stands in each input: typed, accepted or
prefilled) > checking (typed texts become a workbook and go the way of every upload; its faults return to the inputs).
"""
