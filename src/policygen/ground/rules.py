"""Every rule that can be broken: permanent id, severity, and what it means for the person who broke it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    summary: str
    severity: str = "error"
    held: bool = False
    """Whether an approval and a publication wait until it is mended or allowed: what is likely and not certain."""
    passing: bool = False
    """Whether it may be otherwise the next time though nobody changed a file: it is the machine's."""


DOUBT = "doubtful-value"
RULES: dict[str, Rule] = {
    # files
    "file-missing": Rule("a file that is listed or needed is not there"),
    "file-empty": Rule("a file has nothing in it"),
    "file-unreadable": Rule("a file cannot be opened", passing=True),
    "file-refused": Rule(
        "the system does not let a file or folder be read or written", passing=True
    ),
    "import-refused": Rule("a file of another program cannot be moved in as it is"),
    "import-lost": Rule("words of a file would be lost while it is moved in"),
    "file-too-large": Rule(
        "a file, a line or paragraph of it, or a policy is larger than any that is needed"
    ),
    "problems-left": Rule("a file has more problems than are told one by one"),
    "file-encoding": Rule("a file is not UTF-8"),
    "bad-character": Rule(
        "a file holds a character that cannot be printed (control or private use)"
    ),
    "misread-letters": Rule("letters were read in a wrong encoding", "warning"),
    "outside-workspace": Rule("a path leads out of the workspace"),
    # YAML and CSV
    "yaml-syntax": Rule("a YAML file cannot be read"),
    "duplicate-key": Rule("a YAML file has the same key twice"),
    "unknown-key": Rule("a YAML file has a key that means nothing"),
    "missing-key": Rule("a YAML file lacks a key that it needs"),
    "wrong-type": Rule("a value is of the wrong kind"),
    "version-not-text": Rule("a version, edition or minute number is not in quotes"),
    "bad-value": Rule("a value is not one of those allowed"),
    DOUBT: Rule("a value is likely not to say what was meant", "warning"),
    "brand-contrast": Rule("a school's colour is too pale to be read on white"),
    "csv-shape": Rule("a list has not the columns that it needs, or a row does not fit them"),
    "read-as": Rule("something in a list was read in one of several ways", "note"),
    # workspace
    "unknown-school": Rule("there is no such school"),
    "unknown-template": Rule("there is no such model policy"),
    "unknown-edition": Rule("the model policy has no such edition"),
    "already-there": Rule("what is to be made new exists already"),
    "not-comparable": Rule("two documents cannot be compared"),
    "stray-file": Rule(
        "the file of an adoption has an ending under which it is not read", "warning"
    ),
    "unlisted-section": Rule("a section file exists that template.yaml does not list"),
    # the section language
    "jinja-syntax": Rule("Jinja cannot read a section"),
    "jinja-statement": Rule(
        "a section uses a statement or call that is not part of the section language"
    ),
    "unknown-name": Rule("a section uses a name that does not exist"),
    "unknown-filter": Rule("a section uses a filter that does not exist"),
    "unknown-option": Rule(
        "a section compares an answer with an option that the question does not have"
    ),
    "wrong-comparison": Rule("a section compares two values that are never of the same kind"),
    "fixed-condition": Rule("a condition always or never holds, or chooses what nobody reads"),
    "unprintable-name": Rule(
        "a section prints something that is no text, number, date or list of them"
    ),
    "missing-fact": Rule("a policy needs a fact that this school does not have"),
    "include-loop": Rule("an included text includes itself, or has no end"),
    "markdown-unsupported": Rule(
        "a section uses Markdown that is not part of the section language"
    ),
    "raw-html": Rule("a section holds HTML"),
    "bad-attributes": Rule("attributes in braces cannot be read, or have no effect"),
    "no-title": Rule("a section does not begin with its title"),
    "heading-level": Rule("a heading skips a level or stands where it may not"),
    "missing-id": Rule("a clause or section has no id"),
    "duplicate-id": Rule("an id is used twice"),
    "container-unbalanced": Rule("a container is not closed, or closed without being open"),
    "container-unknown": Rule("a container has a name that is not part of the section language"),
    "lost-item": Rule(
        "a line that looks like an item or a meaning is swallowed by the text above it"
    ),
    "lost-words": Rule("words that were written would not print"),
    "bad-footnote": Rule("a footnote stands where it cannot print, or nothing leads to it"),
    "stray-indent": Rule("an indented line does not belong to the item above it"),
    "broken-reference": Rule("a reference leads nowhere"),
    "ambiguous-reference": Rule("a reference could mean several places"),
    "typed-number": Rule("the number of a clause is typed by hand", "warning"),
    "empty-section": Rule("a section, container, item or footnote has nothing in it"),
    "bad-link": Rule("a link has an address that may not be used"),
    "image-missing": Rule("an image is not there or is no image"),
    "image-alt": Rule("an image has no alternative text"),
    "table-shape": Rule(
        "a table cannot be read aloud: no head or caption, or rows of different length"
    ),
    "table-too-wide": Rule("a table has more columns than go on a page"),
    "table-head-too-high": Rule("the head of a table, which every page repeats, fills half a page"),
    "title-too-long": Rule("a title fills much of a page"),
    "declaration-too-long": Rule("what a form declares does not go on a slip to sign"),
    "cover-too-full": Rule("the title, name or strapline is too long for a cover"),
    "missing-glyph": Rule("the fonts have no such character"),
    # adoption
    "unanswered-question": Rule("a question has no answer"),
    "unknown-answer": Rule("an answer belongs to no question"),
    "unasked-answer": Rule("an answer is given to a question that is not asked of this school"),
    "answered-twice": Rule(
        "an adoption answers a question that is answered once for all policies of the school"
    ),
    "answers-differ": Rule(
        "two policies of one school answer the same question differently", "warning", held=True
    ),
    "never-together": Rule("answers of a school are a combination that the issuer excludes"),
    "unread-answer": Rule(
        "an answer for all policies is read by none that the school adopts", "warning"
    ),
    "worded-apart": Rule(
        "a school words a shared text in one policy otherwise than in another", "warning", held=True
    ),
    "rule-retyped": Rule(
        "a section types what a shared question decides, and does not read the answer", "warning"
    ),
    "record-tested": Rule("a text decides by what the record of its version says"),
    "fact-declared": Rule("the name of a fact that is declared means something else already"),
    "fact-unused": Rule("a fact is declared and no text names it", "warning"),
    "shared-question": Rule("a template and the shared questions do not fit together"),
    "bad-answer": Rule("an answer is not one of the options, or of the wrong kind"),
    "undecided-clause": Rule("a required clause has no decision"),
    "locked-clause": Rule("agreed wording was changed without leave"),
    "deviation-expired": Rule("leave to depart from agreed wording has run out", "warning"),
    "changed-base": Rule("a decision was made about another text than the clause has now"),
    "unknown-clause": Rule("a decision names a clause that does not exist"),
    "not-allowed": Rule("a decision is not one that this clause allows"),
    "history-order": Rule("the history does not lead up to this version"),
    "history-rewritten": Rule("a row of the history is not as an approved version has it"),
    "version-registered": Rule(
        "the text differs from the version that was approved under this number"
    ),
    "amendment-missing": Rule(
        "a clause differs from the last approved version, and `amends` does not name it"
    ),
    "amendment-needless": Rule("`amends` names what does not differ"),
    "amendment-class": Rule("`amends` takes a change for less than its edition does"),
    "details-changed": Rule("names or numbers are not those of the version in force", "warning"),
    # approval
    "not-prepared": Rule("a decision is about another version than the one that is being prepared"),
    "approved-already": Rule("a version is approved already"),
    "changed-meanwhile": Rule("somebody else changed a file while it was being decided about"),
    "content-differs": Rule("the files have other content than was approved"),
    "minute-missing": Rule("a decision has no minute"),
    "endorsement-missing": Rule("the first of two bodies has not decided about this content"),
    "delegation-missing": Rule("no delegation lets this role accept editorial changes"),
    "seal-refused": Rule("PDFs cannot be sealed with this key"),
    "warnings-open": Rule("likely faults were neither mended nor allowed"),
    "approval-needed": Rule("what differs needs more than this release"),
    "not-recorded": Rule("a correction is of something that is not recorded so"),
    "policy-withdrawn": Rule("a policy is withdrawn: no version of it is in force"),
    "nothing-to-release": Rule("nothing differs from the version in force"),
    "minutes-unknown": Rule(
        "a version was not approved under this minute, or it is signed already"
    ),
    # upgrade
    "not-an-upgrade": Rule("an upgrade leads to the same edition or an earlier one"),
    "bad-decision": Rule("a decision of an upgrade cannot be carried out"),
    "not-traceable": Rule("a clause that is looked for belongs to no policy, or to several"),
    # what no policy may be published with
    "leftover-bracket": Rule("words stand in square brackets, as instructions of a template do"),
    "leftover-placeholder": Rule("a placeholder stands where words belong"),
    "leftover-instruction": Rule(
        "an instruction to whoever edits the text is printed in it", "warning", held=True
    ),
    "leftover-word-error": Rule("an error message of a word processor stands in the text"),
    "leftover-alternative": Rule(
        "two alternatives stand side by side and the reader must choose", "warning", held=True
    ),
    "leftover-blank": Rule("a sentence breaks off where a date belongs", "warning", held=True),
    "foreign-school": Rule("another school's name stands in the text", "warning", held=True),
    "foreign-detail": Rule(
        "a person, a number or a firm of another school stands in the text", "warning", held=True
    ),
    "term-drift": Rule("a role is called by another title than the school's own", "warning"),
    "list-lead-in": Rule("a list has lost the beginning of its sentence", "warning", held=True),
    "double-negative": Rule("an item contradicts the lead-in of its list", "warning", held=True),
    "lower-case-start": Rule(
        "a numbered paragraph begins with a small letter", "warning", held=True
    ),
    "unbalanced-brackets": Rule(
        "a bracket or quotation mark is opened or closed only", "warning", held=True
    ),
    "stray-punctuation": Rule(
        "punctuation is left over where words were taken out", "warning", held=True
    ),
    "doubled-word": Rule("a word stands twice", "warning", held=True),
    "article-before-name": Rule("“the” stands before the school's name", "warning", held=True),
    "blind-replacement": Rule(
        "something was replaced inside a word or a name", "warning", held=True
    ),
    "lost-apostrophe": Rule("a possessive lost its apostrophe", "warning"),
    "repeated-paragraph": Rule("the same paragraph stands twice in a document", "warning"),
    "capitals": Rule("words stand in capitals for emphasis", "warning"),
    "heading-capitals": Rule("a heading stands in capitals", "warning", held=True),
    "colour-meaning": Rule("meaning is given by colour", "warning", held=True),
    "form-promised": Rule("a form is promised and nothing leads to one", "warning"),
    "form-too-long": Rule("a form that is meant for one page will not fit", "warning"),
    "agreed-in-advance": Rule("who signs is said to agree to later changes", "warning"),
    "date-impossible": Rule("a date cannot be right"),
    "review-overdue": Rule("the version in force is past its review", "warning"),
    "approval-level": Rule("the approving body is below the level that the model policy asks for"),
    "dsl-count": Rule("a school has no designated safeguarding lead, or more than one"),
    "pupil-readability": Rule("a text for pupils is too hard to read", "warning"),
    "reading-age": Rule("a part is harder to read than its template allows", "warning"),
    "long-sentence": Rule("a sentence is too long", "warning"),
    "law-superseded": Rule("law, a body or a term that is gone is written out by hand, or cited"),
    "law-dated": Rule("law or a term that is partly out of date is written out by hand", "warning"),
    "law-term": Rule("a term has a newer name", "note"),
    "law-in-edition": Rule(
        "a published edition cites law that is gone, and only its issuer can mend it", "warning"
    ),
    "allowance-unused": Rule("an allowance allows nothing", "warning"),
    # editions
    "edition-damaged": Rule("a published edition is not as it was published"),
    "edition-order": Rule("an edition does not follow the one before it"),
    "edition-circular": Rule("an edition has no circular of its own", "warning"),
    "unexplained-change": Rule("a change since the last edition has no reason or class"),
    "undeclared-removal": Rule(
        "an id, question or option is gone and nothing says what became of it"
    ),
    "untrue-change": Rule("changes.yaml says what did not happen"),
    "bundle-refused": Rule("a bundle cannot be imported"),
    # the register
    "register-damaged": Rule("a register is not as it was written"),
    "register-missing": Rule("a frozen file of a register is not there"),
    "register-unlisted": Rule("a register holds a file that no version lists"),
    "register-order": Rule("the entries or versions of a register do not follow one another"),
    "copy-changed": Rule("a published copy is not one of those that were approved"),
    # signing
    "unknown-version": Rule("a register has no such version"),
    "unknown-form": Rule(
        "a signature is of no form that this version has, or of one that is not signed by name"
    ),
    "unknown-signer": Rule("a signature is of somebody who is not on the staff list"),
    "signature-date": Rule("a signature cannot be of that day"),
    "signature-superseded": Rule(
        "a version was signed when the next one was in force already", "warning"
    ),
    # products
    "renderer-warning": Rule("the PDF renderer complained"),
    "pdf-damaged": Rule("a PDF does not hold what the document says"),
    "worker-died": Rule("a process that did part of the work was ended from outside", passing=True),
    "renderer-missing": Rule("a library that the PDF renderer needs is missing", passing=True),
    "cluster-failed": Rule("a cluster that is to do the work cannot", passing=True),
    # ourselves
    "law-outdated": Rule("the law library is past its own review date", "warning"),
}
