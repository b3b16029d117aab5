"""Answers to ACTION."""

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.tags import ActionResult

_ACTION_HEAD = 6


def _invoke(serving: Serving, request: ActionRequest) -> ActionResponse:
    result, returned = serving.act(request.method, request.parameters)
    if isinstance(returned, bytes) and len(returned) + _ACTION_HEAD > serving.connection.room:
        result, returned = ActionResult.OTHER_REASON, None
    return ActionResponse(result, returned, request.invoke)


ANSWERS: Answers = {ActionRequest: _invoke}
