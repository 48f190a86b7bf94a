"""The site: settings, addresses, access table, shell templates, static files and translations."""
