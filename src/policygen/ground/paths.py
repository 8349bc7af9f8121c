"""Where everything stands: the paths in a workspace are spelled here, and nowhere else.

They are relative to the workspace, with `/` between folders, as messages and records name them. Those of what is
made, from `drafts_folder` on, are relative to its output folder.
"""

from __future__ import annotations

import re

from policygen.ground.letters import nfc

TEMPLATES = "templates"
SCHOOLS = "schools"
OUTPUT = "output"
LAW_FILE = "law.yaml"

# --- model policies and their editions --------------------------------------------------------------------------------

SHARED_FOLDER = f"{TEMPLATES}/shared"
"""Texts that several model policies include."""
SECTIONS, FORMS, INCLUDES, IMAGES = "sections", "forms", "includes", "images"
"""Folders of a model policy, and of each of its editions."""
SHARED = "shared"
"""In the folder of an edition: what it included of the shared texts."""
SHARED_QUESTIONS = "questions.yaml"
SHARED_FACTS = "facts.yaml"
"""Among the shared texts: the questions that several templates read."""
TEMPLATE = "template.yaml"
"""In the folder of a model policy, and of each of its editions."""
EDITION_RECORD = "edition.yaml"
"""In the folder of an edition."""
CHANGES = "changes.yaml"
"""What the author of an edition says of its changes: beside the working template, then in the edition."""


def template_folder(template_id: str) -> str:
    """The folder of a model policy; its working template stands in it."""
    return f"{TEMPLATES}/{template_id}"


def template_file(template_id: str) -> str:
    """The file of the working template."""
    return f"{template_folder(template_id)}/{TEMPLATE}"


def changes_file(template_id: str) -> str:
    """What the author says of the changes of the next edition."""
    return f"{template_folder(template_id)}/{CHANGES}"


def base_decisions_file(template_id: str) -> str:
    """The open decisions of a template that goes to another edition of the one that it extends."""
    return f"{template_folder(template_id)}/base.upgrade.yaml"


def editions_folder(template_id: str) -> str:
    """The folder of all published editions."""
    return f"{template_folder(template_id)}/editions"


def edition_folder(template_id: str, edition: str) -> str:
    """The folder of a published edition."""
    return f"{editions_folder(template_id)}/{edition}"


# --- schools, their adoptions and registers ---------------------------------------------------------------------------


def school_folder(school_id: str) -> str:
    """The folder of a school."""
    return f"{SCHOOLS}/{school_id}"


def school_file(school_id: str) -> str:
    """The facts of a school."""
    return f"{school_folder(school_id)}/school.yaml"


def answers_file(school_id: str) -> str:
    """The answers of a school to the questions that several of its policies share."""
    return f"{school_folder(school_id)}/answers.yaml"


def staff_file(school_id: str) -> str:
    """The staff of a school, for sheets to sign."""
    return f"{school_folder(school_id)}/staff.csv"


def pupils_file(school_id: str) -> str:
    """The pupils of a school, for sheets to sign."""
    return f"{school_folder(school_id)}/pupils.csv"


def meeting_file(school_id: str, day: object) -> str:
    """What a meeting of governors decides about the policies of a school; `day` as 2026-12-03."""
    return f"{school_folder(school_id)}/meetings/{day}.yaml"


def forms_of_list(path: str) -> tuple[str, str]:
    """The files in which a list of people may stand: as CSV, and as a workbook."""
    return path, f"{path.removesuffix('.csv')}.xlsx"


def adoptions_folder(school_id: str) -> str:
    """The folder of the adoptions of a school."""
    return f"{school_folder(school_id)}/policies"


def adoption_file(school_id: str, template_id: str) -> str:
    """What a school decided about a policy."""
    return f"{adoptions_folder(school_id)}/{template_id}.yaml"


def adopted_in(path: str) -> str:
    """The policy whose adoption is a file; empty for any other file."""
    match path.split("/"):
        case ["schools", _, "policies", name]:
            return name.removesuffix(".yaml")
        case _:
            return ""


DECISIONS = ".upgrade"
"""After the name of a policy, before the ending of the file."""


def decisions_file(school_id: str, template_id: str) -> str:
    """The open decisions of an adoption that goes to another edition."""
    return adoption_file(school_id, f"{template_id}{DECISIONS}")


def registers_folder(school_id: str) -> str:
    """The folder of all registers of a school."""
    return f"{school_folder(school_id)}/register"


def register_folder(school_id: str, policy_id: str) -> str:
    """The register of one policy."""
    return f"{registers_folder(school_id)}/{policy_id}"


def version_folder(school_id: str, policy_id: str, version: str) -> str:
    """The folder of an approved version."""
    return f"{register_folder(school_id, policy_id)}/{version}"


def is_frozen(path: str) -> bool:
    """Whether a file is part of a published edition or of a register, which never change once they are written."""
    match path.split("/"):
        case ["templates", template_id, "editions", _, *_]:
            return template_folder(template_id) != SHARED_FOLDER
        case ["schools", _, "register", _, *_]:
            return True
        case _:
            return False


def named(path: str) -> str:
    """What is meant by a path in a workspace, as a shell completes it: `schools/elm-grove/` is `elm-grove`.

    What is no such path is what people type anyway: `elm-grove/keys`, `keys@2026.1`.
    """
    parts = [part for part in nfc(path).replace("\\", "/").split("/") if part not in ("", ".")]
    match parts:
        case ["schools", school_id, "policies", file, *_]:
            return f"{school_id}/{file.removesuffix('.yaml').removesuffix(DECISIONS)}"
        case ["schools", school_id, "register", policy_id]:
            return f"{school_id}/{policy_id}"
        case ["schools", school_id, "register", policy_id, version, *_]:
            return f"{school_id}/{policy_id}@{version}"
        case ["templates", template_id, "editions", edition, *_]:
            return f"{template_id}@{edition}"
        case ["schools" | "templates", identity, *_]:
            return identity
        case ["output", "drafts", school_id, policy_id, *_]:
            return f"{school_id}/{policy_id}"
        case _:
            return "/".join(parts)


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name for a device, so that no file or folder can have it there, whatever its ending."""
    stem = name.partition(".")[0].strip().lower()
    return bool(re.fullmatch("con|prn|aux|nul|(com|lpt)[0-9\u00b9\u00b2\u00b3]", stem))


# --- what is made -----------------------------------------------------------------------------------------------------

MANIFEST = "manifest.json"
CACHE = ".cache"
"""In output/: what was made before, so that it need not be made again."""
"""In each folder that is made, and in that of an approved version: it lists the files beside it."""
SITE = "site"
ISSUERS = "issuers"
"""The folder of issuers in the website, beside those of schools."""
PACKS = "packs"
FLEET_FOLDER = f"{PACKS}/fleet"


def in_output(path: str) -> str:
    """The path of what is made, relative to the workspace."""
    return f"{OUTPUT}/{path}"


def drafts_folder(school_id: str, policy_id: str) -> str:
    """The draft of a policy."""
    return f"drafts/{school_id}/{policy_id}"


def _packs_of(school_id: str, policy_id: str) -> str:
    return f"{PACKS}/{school_id}/{policy_id}"


def built_folders(school_id: str, policy_id: str) -> tuple[str, ...]:
    """Below which a build writes what it makes of a policy; without one, of a school."""
    return drafts_folder(school_id, policy_id).rstrip("/"), _packs_of(school_id, policy_id).rstrip(
        "/"
    )


def pack_folder(school_id: str, policy_id: str, version: str) -> str:
    """What governors read before they approve a version."""
    return f"{_packs_of(school_id, policy_id)}/pack-{version}"


def meeting_folder(school_id: str, day: object) -> str:
    """What governors read before a meeting about several policies."""
    return f"{PACKS}/{school_id}/meetings/{day}"


def sheets_folder(school_id: str, policy_id: str, version: str) -> str:
    """Sheets to sign of a version; that of a draft is `draft`."""
    return f"{_packs_of(school_id, policy_id)}/sheets-{version}"


def circular_folder(template_id: str, edition: str) -> str:
    """The circular of an edition that is being prepared."""
    return f"{circulars_folder(template_id)}/{edition}"


def circulars_folder(template_id: str) -> str:
    """The circulars of a model policy that are being prepared."""
    return f"{PACKS}/circulars/{template_id}"


def model_folder(template_id: str, edition: str) -> str:
    """A model policy without a school, to be read before anybody adopts it."""
    return f"{PACKS}/models/{template_id}/{edition}"


def edition_products_folder(template_id: str, edition: str) -> str:
    """The circular, the redline and the bundle of a published edition."""
    return f"{PACKS}/editions/{template_id}/{edition}"


def word_folder(school_id: str, policy_id: str, version: str) -> str:
    """The Word files of a version; those of a draft are `draft`."""
    return f"word/{school_id}/{policy_id}/{version}"


def redline_folder(school_id: str, policy_id: str, sides: str) -> str:
    """A comparison; without a school, one of editions."""
    return f"{PACKS}/redlines/{school_id or 'editions'}/{policy_id}/{sides}"
