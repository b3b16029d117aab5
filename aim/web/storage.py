"""Static files under hashed names, also those that our JavaScript modules import from each other."""

from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_MODULES = "js/*.js"
MODULE_IMPORT = r"""(?P<matched>(?P<lead>\b(?:from|import)\s+)"(?P<url>\.[^"\s]+\.js)")"""


class PackedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types here
    """As whitenoise packs them; `import "./x.js"` gets the hashed name too, so an upgrade never mixes versions.

    Django's own switch for this would also rewrite foreign scripts, where such lines stand in comments.
    """

    patterns: ClassVar[object] = (
        *CompressedManifestStaticFilesStorage.patterns,
        (OWN_MODULES, ((MODULE_IMPORT, '%(lead)s"%(url)s"'),)),
    )
