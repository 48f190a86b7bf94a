"""Acts on certificates, one module each; they take plain values and know no case and no account."""
