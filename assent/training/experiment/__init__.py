"""The experiment: does learning from consented rows help, and do the users' signals? Simulated users, real texts.

Nothing is imported here: a part of it is used without the others.
"""
