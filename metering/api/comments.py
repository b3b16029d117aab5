"""Comments on values."""

from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import InstantField, RowSerializer
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import ReadResource
from metering.filters import ValueCommentApiFilter
from metering.models import Series, ValueComment
from metering.models.comment import LONGEST_TEXT
from metering.services.comments import CommentError, add_comment, withdraw_comment


class ValueCommentSerializer(RowSerializer):
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    withdrawn_by = serializers.CharField(source="withdrawn_by.username", allow_null=True, default=None)

    class Meta:
        model = ValueComment
        fields = (
            "id", "series", "starts_at", "ends_at", "text", "kind", "created_by", "created_at", "withdrawn_by",
            "withdrawn_at",
        )  # fmt: skip


class NewCommentSerializer(serializers.Serializer[Any]):
    series = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of the series.")
    starts_at = InstantField()
    ends_at = InstantField(help_text="End, excluded.")
    text = serializers.CharField(max_length=LONGEST_TEXT)


@extend_schema_view(
    list=extend_schema(operation_id="value_comments_list", summary="Comments on values"),
    retrieve=extend_schema(operation_id="value_comments_get", summary="A comment on values"),
)
@extend_schema(tags=["values"])
class ValueComments(ReadResource[ValueComment]):
    """What people and files said about values. A comment is never changed, only withdrawn."""

    queryset = ValueComment.objects.select_related("created_by", "withdrawn_by")
    serializer_class = ValueCommentSerializer
    filterset_class = ValueCommentApiFilter
    WRITES: ClassVar[tuple[str, ...]] = ("create", "withdraw")

    def permission_required(self) -> str:
        return "metering.comment_values" if self.action in self.WRITES else super().permission_required()

    @extend_schema(
        operation_id="value_comments_add",
        summary="Comment on values",
        request=NewCommentSerializer,
        responses={
            201: OpenApiResponse(ValueCommentSerializer, description="The comment is kept."),
            (404, CONTENT_TYPE): OpenApiResponse(Problem, description="The series is unknown or not open to the user."),
        },
        examples=[
            OpenApiExample(
                "A meter exchange",
                {
                    "series": 17, "starts_at": "2026-03-01T10:00:00Z", "ends_at": "2026-03-01T12:00:00Z",
                    "text": "Meter exchanged",
                },
                request_only=True,
            )
        ],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Add a comment; needs the permission `metering.comment_values`."""
        order = NewCommentSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        asked, user = order.validated_data, cast("User", request.user)
        series = Series.objects.visible_to(user).filter(pk=asked["series"]).first()
        if series is None:
            raise NotFound(f"There is no series {asked['series']}, or it is not open to you.")
        try:
            comment = add_comment(series, asked["starts_at"], asked["ends_at"], asked["text"], user)
        except CommentError as error:
            raise serializers.ValidationError({"ends_at": [str(error)]}) from error
        return Response(ValueCommentSerializer(comment).data, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="value_comments_withdraw",
        summary="Withdraw a comment",
        request=None,
        responses={200: ValueCommentSerializer},
    )
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take a comment back; it stays on file. Needs the permission `metering.comment_values`."""
        comment = self.get_object()
        withdraw_comment(comment, user=cast("User", request.user))
        comment.refresh_from_db()
        return Response(ValueCommentSerializer(comment).data)
