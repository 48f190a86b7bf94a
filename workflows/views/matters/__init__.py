"""Pages of cases without a data table: one frame for all of them, one module of words per procedure."""
