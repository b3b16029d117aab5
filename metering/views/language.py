"""The decimal sign the reader's language uses, as the browser tells it."""

from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.translation.trans_real import parse_accept_lang_header

from metering.services.editing import DecimalSign

_LONGEST = 200


def decimal_sign(request: HttpRequest) -> DecimalSign:
    """The sign of the language asked for first; a point where none is told. A link on the page switches it."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:_LONGEST])
    if not asked or asked[0][0] == "*":
        return DecimalSign.POINT
    sign = get_format("DECIMAL_SEPARATOR", lang=asked[0][0], use_l10n=True)
    return DecimalSign.COMMA if sign == DecimalSign.COMMA else DecimalSign.POINT
