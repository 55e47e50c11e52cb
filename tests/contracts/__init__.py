"""One suite over every platform: the same turn has the same meaning wherever it is taken.

A test speaks to Recap through a `Messenger` as a person would, and looks at what that person then has
before their eyes, as neutral `Shown` values. Each platform has a driver that goes the whole way: a real
server or a real screen in front of the real core, on a folder of its own and a clock that is moved.

Beside what a test asserts, `told` holds every reply of the core against what the platform showed of it:
words, table, quoted lines, buttons, picture. What a platform can't do at all it leaves out of `can`, and
the tests that need it are skipped there with that reason.
"""
