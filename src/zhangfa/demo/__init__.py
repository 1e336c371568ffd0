"""A living company to look at: its year told through the product's own actions."""
