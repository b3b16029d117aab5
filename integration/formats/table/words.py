"""What people call the columns of a table of readings, in English, German, Finnish and Swedish. For proposals only:
what counts is what the mapping declares."""

from __future__ import annotations

import re
from collections.abc import Mapping

from integration.formats.table.headings import without_remark
from integration.formats.table.units import unit_of

MEANINGS: Mapping[str, str] = {
    "point": "metering point|metering point id|meter point|point|gsrn|ean|mpan|nmi|site|usage point|connection point|"
    "zählpunkt|zaehlpunkt|zählpunktbezeichnung|messlokation|marktlokation|malo|melo|messstelle|lieferstelle|"
    "käyttöpaikka|käyttöpaikkatunnus|mittauspiste|mittauspistetunnus|kohde|"
    "mätpunkt|mätpunkts id|anläggning|anläggnings id|anläggningsid|uttagspunkt",
    "quantity": "quantity|obis|obis code|register|channel|measurement|product|"
    "kennzahl|obis kennzahl|messgröße|messgrösse|register|suure|obis koodi|tuote|storhet|obis kod|produkt",
    "time": "time|timestamp|date time|datetime|date|day|start|start time|starts at|interval start|begin|from|"
    "zeit|zeitstempel|zeitpunkt|datum|tag|von|beginn|messzeitpunkt|"
    "aika|aikaleima|päivämäärä|päivä|pvm|alku|alkuaika|alkaa|ajankohta|"
    "tid|tidpunkt|tidsstämpel|dag|start|starttid|från|end|end time|ends at|interval end|to|until|"
    "bis|ende|endzeit|loppu|loppuaika|päättyy|slut|sluttid|till",
    "clock": "time|time of day|clock|hour|uhrzeit|zeit|stunde|kello|kellonaika|tunti|aika|klockslag|klockan|timme|tid",
    "value": "value|reading|meter reading|index|consumption|energy|amount|usage|volume|"
    "wert|messwert|verbrauch|menge|zählerstand|stand|energie|lastgang|"
    "arvo|lukema|mittarilukema|kulutus|määrä|energia|värde|mätvärde|förbrukning|mätarställning|mängd|energi|volym",
    "unit": "unit|uom|unit of measure|einheit|maßeinheit|yksikkö|mittayksikkö|enhet|måttenhet",
    "quality": "quality|status|value status|state|qualität|wertstatus|güte|statuskennzeichen|"
    "laatu|tila|arvon laatu|kvalitet|kvalitetskod|statuskod|mätvärdesstatus",
    "serial": "meter|meter number|meter serial|serial|serial number|device|"
    "zähler|zählernummer|gerätenummer|zählerkennung|mittari|mittarinumero|laitenumero|mätare|mätarnummer|mätarnr",
    "kind": "kind|type|value type|art|wertart|laji|typ",
    "length": "interval|interval length|resolution|intervall|auflösung|messperiode|aikaväli|resoluutio|upplösning",
    "flag": "repeated hour|dst|summer time|sommerzeit|kesäaika|sommartid",
}
"""Meaning → phrases."""

ENDS = "end|end time|ends at|interval end|to|until|bis|ende|endzeit|loppu|loppuaika|päättyy|slut|sluttid|till"
STANDS = "reading|meter reading|index|register|zählerstand|stand|lukema|mittarilukema|mätarställning"
QUANTITIES: Mapping[str, str] = {
    "1-0:1.29.0": "a+|import|active import|consumption|delivered|bezug|verbrauch|wirkenergie bezug|"
    "kulutus|otto|förbrukning|uttag|aktiv import",
    "1-0:2.29.0": "a-|export|active export|production|generation|received|einspeisung|erzeugung|lieferung|"
    "tuotanto|anto|produktion|inmatning|aktiv export",
    "1-0:3.29.0": "r+|reactive import|blindenergie bezug|reaktiv import|loisteho otto",
    "1-0:4.29.0": "r-|reactive export|blindenergie lieferung|reaktiv export|loisteho anto",
}
"""OBIS code → names of quantities of intervals."""

QUALITIES: Mapping[str, str] = {
    "measured": "measured|actual|ok|good|valid|a|m|gemessen|wahrer wert|w|mitattu|uppmätt|mätt|avläst",
    "estimated": "estimated|substituted|substitute|e|s|geschätzt|ersatzwert|ersatz|"
    "arvioitu|estimoitu|beräknad|estimerad",
    "suspect": "suspect|uncertain|questionable|vorläufig|vorläufiger wert|fraglich|epävarma|osäker|preliminär",
    "edited": "edited|corrected|manual|korrigiert|manuell|korjattu|korrigerad|rättad",
    "accepted": "accepted|confirmed|bestätigt|hyväksytty|godkänd",
    "none": "missing|none|no value|fehlend|fehlt|puuttuu|saknas",
}
"""Quality of a mapping → texts."""

_SIGNS = re.compile(r"[^\w+-]+|_|(?<=\w)-(?=\w)")


def phrase(text: str) -> str:
    """A heading or text without remark, signs, upper case and unit: `Obis-Code (id)` → `obis code`."""
    words = _SIGNS.sub(" ", without_remark(text)).casefold().split()
    if len(words) > 1 and len(words[-1]) > 1 and unit_of(words[-1]):
        words.pop()
    return " ".join(words)


def is_among(text: str, phrases: str) -> bool:
    """Whether the phrase of a text is one of those divided by `|`."""
    return phrase(text) in phrases.split("|")


def meaning_of(text: str, meanings: Mapping[str, str]) -> str:
    """The first meaning that has the phrase of a text; empty where none has."""
    return next((meaning for meaning, phrases in meanings.items() if is_among(text, phrases)), "")
