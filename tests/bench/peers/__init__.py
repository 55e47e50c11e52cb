"""Other retrieval libraries, each with what its own documentation recommends. They run in a virtual
environment of their own (`tests.bench.indexing`): none of them is a dependency of Recap."""
