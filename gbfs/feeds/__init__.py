"""How each feed looks on the wire: pure functions of rows and an edition."""
