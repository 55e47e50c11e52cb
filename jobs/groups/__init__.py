"""Study groups: a channel that is asked a question at its hour, answered unseen, revealed at the close."""
