"""Writing functions, one module per act: keyword-only, named actor, one transaction, one audit entry."""
