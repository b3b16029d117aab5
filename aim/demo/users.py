"""Who can sign in to the demo. Passwords are shown to everybody: nothing here may exist beside real data."""

from dataclasses import dataclass

from access.models import ApiToken, Segment, User, Utility
from access.roles import ADMINISTRATOR, API_CLIENT, CUSTOMER_SERVICE, METERING_OPERATOR
from access.services.grants import give_role, open_segment, open_utility

API_USER = "cis"


@dataclass(frozen=True, slots=True)
class Login:
    """A demo user; `segment` is the code of the only segment opened, empty for the whole utility."""

    username: str
    first_name: str
    role: str
    segment: str = ""

    @property
    def password(self) -> str:
        return f"{self.username}-openaim"

    @property
    def sees(self) -> str:
        return f"segment {self.segment.title()} only" if self.segment else "the whole utility"


LOGINS = (
    Login("anna", "Anna", CUSTOMER_SERVICE),
    Login("pekka", "Pekka", CUSTOMER_SERVICE, segment="espoo"),
    Login("mikko", "Mikko", METERING_OPERATOR),
    Login("admin", "Admin", ADMINISTRATOR),
)


def make_users(utility: Utility) -> str:
    """All demo logins and the API client; returns the text of its token, which is kept nowhere."""
    for login in LOGINS:
        _make_user(login, utility)
    client = User.objects.create_user(API_USER, first_name="Customer information system")
    give_role(user=client, role=API_CLIENT)
    open_utility(user=client, utility=utility)
    _, text = ApiToken.issue(user=client, name="Demo token")
    return text


def _make_user(login: Login, utility: Utility) -> None:
    administers = login.role == ADMINISTRATOR
    user = User.objects.create_user(
        login.username,
        email=f"{login.username}@example.com",
        password=login.password,
        first_name=login.first_name,
        is_staff=administers,
        is_superuser=administers,
    )
    give_role(user=user, role=login.role)
    if login.segment:
        open_segment(user=user, segment=Segment.objects.get(utility=utility, code=login.segment))
    else:
        open_utility(user=user, utility=utility)
