"""How the bundled encoder is made anew from parallel text; `recap encoder train` runs it.

    recipe      the numbers that decide what comes out
    corpus      reads the pairs           teacher     the vectors that are to be met
    lattice     cuts of many words        pieces      the Unigram model of pieces
    vocabulary  pieces and whole words    examples    texts as numbers
    start       the table to start from   objective   what is minimised
    loop        the training              export      the folder and its model card
    sources     who wrote the texts       evaluation  how well translations are found
    run         one after the other

Nothing of this is needed to use the encoder.
"""
