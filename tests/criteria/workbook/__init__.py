"""Tests of the workbook: template, gate, reader, location, values, answers."""
