"""What stands above a user's own permissions is told from a permission that is missing, by AWS's own words."""

from __future__ import annotations

import pytest

from benchmarks.aws import aws_errors, barriers, optional_answers
from tests.support.aws_fakes import aws_error

WHO = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:CreateRole on resource: x"


# The endings are those of https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
@pytest.mark.parametrize(
    ("ending", "what"),
    [
        ("with an explicit deny in a service control policy", "A service control policy of your organisation"),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::210987654321:policy/o-1/p-1",
            "A service control policy of your organisation",
        ),
        ("due to an explicit deny in a Service Control Policy", "A service control policy of your organisation"),
        ("because no service control policy allows the iam:CreateRole action", "A service control policy"),
        ("with an explicit deny in a resource control policy", "A resource control policy of your organisation"),
        ("because no permissions boundary allows the iam:CreateRole action", "The permissions boundary of your AWS"),
        ("with an explicit deny in a permissions boundary", "The permissions boundary of your AWS user"),
        ("because no session policy allows the iam:CreateRole action", "The policy of your session"),
        ("because no VPC endpoint policy allows the iam:CreateRole action", "The policy of the VPC endpoint"),
        ("with an explicit deny in an identity-based policy", "An explicit deny in a policy of your AWS user"),
        ("with an explicit deny in a resource-based policy", "An explicit deny in the resource's own policy"),
    ],
)
def test_what_forbids_is_told_with_awss_reason_and_who_can_change_it(ending: str, what: str) -> None:
    told = aws_errors.sentence(aws_error("AccessDenied", f"{WHO} {ending}", "CreateRole"))
    assert told.startswith(what)
    assert " forbids iam:CreateRole, whatever else your AWS user is allowed: " in told
    assert told.endswith(f"AWS said: {WHO} {ending}.")
    assert "docs/iam-policy.md" not in told


@pytest.mark.parametrize(
    "ending",
    [
        "because no identity-based policy allows the iam:CreateRole action",
        "because no resource-based policy allows the iam:CreateRole action",
        "",
    ],
)
def test_a_permission_that_is_missing_is_told_as_that(ending: str) -> None:
    error = aws_error("AccessDenied", f"{WHO} {ending}", "CreateRole")
    assert barriers.of(error) is None
    assert "lacks the permission iam:CreateRole: ask for the policy" in aws_errors.sentence(error)
    with pytest.raises(ValueError, match="nothing but a missing permission"):
        aws_errors.forbidden("iam:CreateRole", error)


def test_what_only_aws_can_decode_is_left_out() -> None:
    error = aws_error(
        "UnauthorizedOperation",
        "You are not authorized to perform this operation. User: x is not authorized to perform: ec2:RunInstances on "
        "resource: y with an explicit deny in a service control policy. Encoded authorization failure message: AAAA",
    )
    told = aws_errors.sentence(error)
    assert " forbids ec2:RunInstances, whatever else" in told
    assert told.endswith("with an explicit deny in a service control policy.")


def test_what_a_run_can_do_without_is_unknown_for_the_true_reason() -> None:
    error = aws_error("AccessDeniedException", f"{WHO} with an explicit deny in a service control policy")
    told = optional_answers.reason(error, "pricing:GetProducts")
    assert told == "a service control policy of your organisation forbids pricing:GetProducts"
