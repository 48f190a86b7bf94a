"""What the rules say about facts on a date: rule sets, workbook, exact scoring with a trace. No Django here."""
