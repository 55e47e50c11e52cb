"""How Recap is shipped: container files, services, migrations."""
