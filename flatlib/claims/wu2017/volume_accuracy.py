"""Figure 3 of Wu et al.: whether V(50) and the Frobenius norm order nets by test accuracy."""
