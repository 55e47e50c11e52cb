"""What is known: notes -> sections -> passages -> index generation -> cited answer."""
