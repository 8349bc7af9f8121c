"""What a meeting of governors decides about the policies of a school, as one file that a clerk fills in."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from policygen.files.fields import Dotted, FileModel, Id, Many, Maybe, StillOpen, Words, refusal
from policygen.model.template import Body

Verdict = Literal["approve", "review", "withdraw", "defer", "refuse"]


class Item(FileModel):
    """One policy on the agenda."""

    policy: Id
    decision: Verdict
    """approve: this version; review: it was reviewed and left as it is; withdraw: it is no longer in force.
    defer, refuse: nothing is recorded."""
    version: Maybe[Dotted] = None
    """The version that was put up; of a review, the one that records it."""
    content: Maybe[Words] = None
    """The content code on the copy that the body read."""
    minute: StillOpen = ""
    """The number of the minute, once there is one."""
    reason: Maybe[Words] = None
    """Why a policy is withdrawn."""
    replaced_by: Maybe[Id] = None
    """The policy of the school that stands in its place."""

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Self:
        match self.decision:
            case "approve" | "review":
                needed = {"version": self.version, "content": self.content}
            case "withdraw":
                needed = {"reason": self.reason}
            case "defer" | "refuse":
                needed = {}
        for key, value in needed.items():
            if value is None:
                hint = f"add `{key}:`, as the pack has it"
                if key == "reason":
                    hint = "add `reason:` and why, in a few words"
                raise refusal("missing-key", f"{{name}} lacks `{key}`", hint)
        return self


class MeetingFile(FileModel):
    """A meeting."""

    body: Body
    """Who met."""
    signatory: Maybe[Words] = None
    """Who signs, if not the chair of the body."""
    decisions: Many[Item] = Field(min_length=1)
