"""What turns a `Reply` into messages of somebody else's servers, as far as it is the same for all of them."""
