"""What becomes of a JSON value when it is patched? Pure (RFC 7396)."""


def merge_patch(target, patch):
    """The target with the members of the patch: null removes one, an object is merged, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
