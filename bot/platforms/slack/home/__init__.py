"""App Home: a person's own page, published when it is opened and when what it shows has changed."""
