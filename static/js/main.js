// What every page has. Each module works on what it finds and survives fragments swapped in by htmx.
import "./dialogs.js";
import "./preferences.js";
import "./selection.js";
import "./shortcuts.js";
import "./fragments.js";
import "./polling.js";
