"""The map of a meter with short names, kept like the layouts of its profiles so that it is read once."""

from headend.plan import NAMES, Column, Layout
from protocols.dlms.base_names import BaseNames, NamedObject


def names_layout(names: BaseNames) -> Layout:
    """The map as the database keeps it."""
    columns = (Column(each.class_id, each.obis, each.base, each.version) for each in names.objects)
    return Layout(NAMES, 0, tuple(columns), known=False)


def known_names(layout: Layout | None) -> BaseNames:
    """The map that was kept, an empty one where there is none: the reserved names are always in."""
    columns = layout.columns if layout else ()
    return BaseNames(NamedObject(each.attribute, each.class_id, each.obis, each.scaler or 0) for each in columns)
