"""Template tags shared by the pages of all roles: language, dates, figures, charts, page parts."""
