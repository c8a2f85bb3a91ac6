"""The page of a provider: what was agreed, how the month goes, what it was told, and what it signs in with."""
