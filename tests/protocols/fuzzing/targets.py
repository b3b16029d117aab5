"""The table of every decoder."""

from tests.protocols.fuzzing import apdu_targets, data_targets, line_targets, session_targets
from tests.protocols.fuzzing.checking import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for targets in (data_targets.TARGETS, apdu_targets.TARGETS, line_targets.TARGETS, session_targets.TARGETS)
    for target in targets
}
