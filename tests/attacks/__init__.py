"""Attacks on the finished site: who may open what, and what every answer must carry."""
