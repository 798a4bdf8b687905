"""The checker and the real ``torch.jit.script``, asked about the same random typed functions.

``PYTHONPATH=tests python -m differential --examples 20000 --seed 0``; see docs/differential.md.
"""
