"""Evaluation: what a summarizer, a verifier and a composer are worth, each figure beside its baselines.

Nothing is imported here, so that one measurement does not load what only another needs.
"""
