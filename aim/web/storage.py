"""Static files under hashed names, also those that JavaScript modules import from each other."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PackedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types here
    """As whitenoise packs them; `import "./x.js"` gets the hashed name too, so an upgrade never mixes versions."""

    support_js_module_import_aggregation = True
