"""Prepayment: accounts, credits, charges and tokens (Blue Book 4.6)."""

from enum import IntFlag
from typing import Annotated, NamedTuple

from protocols.dlms.classes.clocks import DATE_TIME, TYPED_DATE_TIME
from protocols.dlms.classes.codes import Code, Flags
from protocols.dlms.classes.records import AttributeName
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    BITS,
    DOUBLE_LONG,
    DOUBLE_LONG_UNSIGNED,
    LONG_UNSIGNED,
    OBIS,
    OCTETS,
    UNSIGNED,
    UTF8,
    Bitstring,
    Integer,
    Long,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method
from protocols.dlms.obis import Obis


class AccountMode(Code):
    """How the customer pays."""

    CREDIT = 1
    PREPAYMENT = 2


class AccountStatus(Code):
    """Life of an account."""

    NEW = 1
    ACTIVE = 2
    CLOSED = 3


class AccountState(NamedTuple):
    """mode_and_status."""

    mode: AccountMode
    status: AccountStatus


class CreditState(IntFlag):
    """current_credit_status."""

    IN_CREDIT = 1 << 0
    LOW_CREDIT = 1 << 1
    NEXT_CREDIT_ENABLED = 1 << 2
    NEXT_CREDIT_SELECTABLE = 1 << 3
    NEXT_CREDIT_SELECTED = 1 << 4
    SELECTABLE_CREDIT_IN_USE = 1 << 5
    OUT_OF_CREDIT = 1 << 6
    RESERVED = 1 << 7


class CreditCharge(NamedTuple):
    """Which charge is collected from which credit, and when it is not (bits of collection_configuration)."""

    credit_reference: Obis
    charge_reference: Obis
    collection_configuration: Bitstring


class TokenShare(NamedTuple):
    """How much of a token goes to a credit, in percent."""

    credit_reference: Obis
    token_proportion: Unsigned


class CurrencyUnit(Code):
    """What an account counts."""

    TIME = 0
    CONSUMPTION = 1
    MONETARY = 2


class Currency(NamedTuple):
    """What an account counts and its power of ten."""

    name: Annotated[str, UTF8]
    scale: Integer
    unit: CurrencyUnit


class Account(InterfaceClass, class_id=111, title="Account"):
    account_mode_and_status = attribute(2, AccountState, dynamic=True)
    current_credit_in_use = attribute(3, UNSIGNED, dynamic=True)
    current_credit_status = attribute(4, Flags(CreditState, 8), dynamic=True)
    available_credit = attribute(5, DOUBLE_LONG, dynamic=True)
    amount_to_clear = attribute(6, DOUBLE_LONG, dynamic=True)
    clearance_threshold = attribute(7, DOUBLE_LONG, writable=True)
    aggregated_debt = attribute(8, DOUBLE_LONG, dynamic=True)
    credit_reference_list = attribute(9, array_of(OBIS), writable=True)
    charge_reference_list = attribute(10, array_of(OBIS), writable=True)
    credit_charge_configuration = attribute(11, array_of(CreditCharge), writable=True)
    token_gateway_configuration = attribute(12, array_of(TokenShare), writable=True)
    account_activation_time = attribute(13, DATE_TIME, writable=True)
    account_closure_time = attribute(14, DATE_TIME, writable=True)
    currency = attribute(15, Currency, writable=True)
    low_credit_threshold = attribute(16, DOUBLE_LONG, writable=True)
    next_credit_available_threshold = attribute(17, DOUBLE_LONG, writable=True)
    max_provision = attribute(18, LONG_UNSIGNED, writable=True)
    max_provision_period = attribute(19, DOUBLE_LONG, writable=True)
    activate_account = method(1)
    close_account = method(2)
    reset_account = method(3)


class CreditType(Code):
    """Where a credit comes from."""

    TOKEN = 0
    RESERVED = 1
    EMERGENCY = 2
    TIME_BASED = 3
    CONSUMPTION_BASED = 4


class CreditStatus(Code):
    """Life of a credit."""

    ENABLED = 0
    SELECTABLE = 1
    SELECTED = 2
    IN_USE = 3
    EXHAUSTED = 4


class Credit(InterfaceClass, class_id=112, title="Credit"):
    current_credit_amount = attribute(2, DOUBLE_LONG, dynamic=True)
    credit_type = attribute(3, CreditType)
    priority = attribute(4, UNSIGNED, writable=True)
    warning_threshold = attribute(5, DOUBLE_LONG, writable=True)
    limit = attribute(6, DOUBLE_LONG, writable=True)
    credit_configuration = attribute(7, BITS, writable=True)
    credit_status = attribute(8, CreditStatus, dynamic=True)
    preset_credit_amount = attribute(9, DOUBLE_LONG, writable=True)
    credit_available_threshold = attribute(10, DOUBLE_LONG, writable=True)
    period = attribute(11, DATE_TIME, writable=True)
    update_amount = method(1, DOUBLE_LONG)
    set_amount_to_value = method(2, DOUBLE_LONG, DOUBLE_LONG)
    invoke_credit = method(3)


class ChargeType(Code):
    """What a charge grows with."""

    CONSUMPTION_BASED = 0
    TIME_BASED = 1
    PAYMENT_EVENT_BASED = 2


class ChargeScaling(NamedTuple):
    """Powers of ten of the commodity and of its price."""

    commodity_scale: Integer
    price_scale: Integer


class ChargeRate(NamedTuple):
    """A price and the tariff it belongs to."""

    name: bytes
    charge_per_unit: Long


class UnitCharge(NamedTuple):
    """unit_charge: the prices of a commodity."""

    charge_per_unit_scaling: ChargeScaling
    commodity_reference: AttributeName
    charge_table: tuple[ChargeRate, ...]


class Charge(InterfaceClass, class_id=113, title="Charge"):
    total_amount_paid = attribute(2, DOUBLE_LONG, dynamic=True)
    charge_type = attribute(3, ChargeType)
    priority = attribute(4, UNSIGNED, writable=True)
    unit_charge_active = attribute(5, UnitCharge)
    unit_charge_passive = attribute(6, UnitCharge, writable=True)
    unit_charge_activation_time = attribute(7, DATE_TIME, writable=True)
    period = attribute(8, DOUBLE_LONG_UNSIGNED, writable=True)
    charge_configuration = attribute(9, BITS, writable=True)
    last_collection_time = attribute(10, TYPED_DATE_TIME, dynamic=True)
    last_collection_amount = attribute(11, DOUBLE_LONG, dynamic=True)
    total_amount_remaining = attribute(12, DOUBLE_LONG, dynamic=True)
    proportion = attribute(13, LONG_UNSIGNED, writable=True)
    update_unit_charge = method(1, array_of(ChargeRate))
    activate_passive_unit_charge = method(2)
    collect = method(3)
    update_total_amount_remaining = method(4, DOUBLE_LONG)
    set_total_amount_remaining = method(5, DOUBLE_LONG, DOUBLE_LONG)


class TokenDelivery(Code):
    """How a token came."""

    REMOTE = 0
    LOCAL = 1
    MANUAL = 2


class TokenResult(Code):
    """How far a token got."""

    FORMAT_OK = 0
    AUTHENTICATION_OK = 1
    VALIDATION_OK = 2
    EXECUTION_OK = 3
    FORMAT_FAILURE = 4
    AUTHENTICATION_FAILURE = 5
    VALIDATION_FAILURE = 6
    EXECUTION_FAILURE = 7
    RECEIVED = 8


class TokenStatus(NamedTuple):
    """How far a token got and what the token carrier adds."""

    status_code: TokenResult
    data_value: Bitstring


class TokenGateway(InterfaceClass, class_id=115, title="Token gateway"):
    token = attribute(2, OCTETS, dynamic=True)
    token_time = attribute(3, DATE_TIME, dynamic=True)
    token_description = attribute(4, array_of(OCTETS), dynamic=True)
    token_delivery_method = attribute(5, TokenDelivery, dynamic=True)
    token_status = attribute(6, TokenStatus, dynamic=True)
    enter = method(1, OCTETS)
