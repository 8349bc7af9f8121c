"""Finished documents, made by hand, in which every kind of node stands at least once."""

from __future__ import annotations

import datetime
from dataclasses import replace

from policygen.html.sheets import CircularContent, StaffRow, Stamp
from policygen.language.document import (
    AudiencePart,
    Block,
    Branding,
    Callout,
    Cell,
    Clause,
    Code,
    Definition,
    Definitions,
    Document,
    Emphasis,
    Footnote,
    FootnoteMark,
    Image,
    Inline,
    Item,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Reference,
    Section,
    SignatureBlock,
    Strong,
    Subhead,
    Table,
    Text,
    Value,
    VersionRow,
)

DRAFT = Stamp("draft", "7f3a-91c2")
APPROVED = Stamp("approved", "7f3a-91c2")
AWKWARD = "*x* # y | <b>bold</b> {{ 7*7 }} {% if %}\n1. second & \"last\" line 'end'"
"""A value that holds everything that means something to a program."""

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="120" height="120">
<circle cx="60" cy="60" r="56" fill="none" stroke="#1d5c3a" stroke-width="5"/>
<path d="M60 22c22 14 26 34 12 50h-7v24h-10V72h-7C34 56 38 36 60 22z" fill="#1d5c3a"/></svg>"""
PADLOCK = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">
<rect x="8" y="18" width="24" height="18" rx="2" fill="#1d5c3a"/>
<path d="M13 18v-5a7 7 0 0 1 14 0v5" fill="none" stroke="#1d5c3a" stroke-width="4"/></svg>"""
IMAGES = {"logo.svg": LOGO, "padlock.svg": PADLOCK, "rule.svg": PADLOCK}

STAFF = tuple(
    StaffRow(name, role)
    for name, role in (
        ("Amara Okafor", "Class teacher, Year 2"),
        ("Ben Whitlock", "Caretaker"),
        ("Carys Gŵyn-Ŷates", "Teaching assistant"),
        ("Deborah Featherstonehaugh-Lancaster", "Special educational needs co-ordinator"),
        ("Elif Şahin", "Class teacher, Year 4"),
        ("Fiona McAllister", "School business manager"),
        ("George Penrose", "Midday supervisor"),
        ("Hana Novák", "Class teacher, Reception"),
        ("Imran Sheikh", "Deputy headteacher"),
        ("Joan O’Dwyer", "Kitchen assistant"),
        ("Kwame Boateng", "Learning mentor"),
        ("Lucy Tregenza", "Class teacher, Year 6"),
        ("Marek Zieliński", "IT technician"),
        ("Nia Parry", "Headteacher"),
    )
)

CIRCULAR = CircularContent(
    issuer_name="Northshire County Council",
    title="Acceptable use of IT by staff",
    edition="2026.1",
    issued=datetime.date(2026, 9, 1),
    action="Put the policy to your governing board and adopt it in the autumn term.",
    to="Headteachers and chairs of governors of all schools that buy the HR service",
    purpose="To give governing boards a policy on the use of school equipment that they can adopt as it stands.",
    summary=(
        "Schools want to use the internet and e-mail for teaching and for their own business.",
        "Other uses, and their dangers, are recognised: social media and artificial intelligence too.",
        "Monitoring is described in one place, and staff are told of it in advance.",
        "Passwords follow the national advice: three random words and no routine change.",
        "The recognised trade unions were consulted and have agreed the text.",
    ),
    contact="Schools HR\nschools.hr@northshire.example\n01632 960200",
    consultation="Discussed and agreed with the recognised trade unions on 3 June 2026.",
    by_when="11 December 2026",
)


def text(words: str) -> tuple[Inline, ...]:
    """A run of the author's words."""
    return (Text(words),)


def paragraph(words: str, identity: str = "") -> Paragraph:
    """A paragraph of the author's words."""
    return Paragraph(text(words), identity)


def clause(identity: str, number: str, *blocks: Block | str, local: str = "") -> Clause:
    """A numbered clause; a bare string is a paragraph."""
    found = tuple(paragraph(block) if isinstance(block, str) else block for block in blocks)
    return Clause(identity, found, number=number, local=local)


def items(style: str, *rows: tuple[str, str, tuple[Block, ...]]) -> ItemList:
    """A list of (label, words, blocks below)."""
    assert style in {"bullet", "number", "letter", "roman"}
    return ItemList(
        style,  # type: ignore[arg-type]
        tuple(Item((paragraph(words), *below), label) for label, words, below in rows),
    )


def bullets(*words: str) -> ItemList:
    """A bulleted list."""
    return items("bullet", *(("", each, ()) for each in words))


def cells(*words: str) -> tuple[Cell, ...]:
    """A row of a table; an empty string is a blank to fill in."""
    return tuple(Cell(text(each) if each else ()) for each in words)


INTRODUCTION = Section(
    "introduction",
    text("Introduction"),
    (
        Clause(
            "purpose",
            (
                paragraph(
                    "Information technology is central to the work of the school. The network, the internet and the "
                    "devices that connect to them are there for staff and pupils and for learning, so everyone who "
                    "works here has to know the rules. Careless use, or a poor password, can let a stranger see what "
                    "the school knows about a child."
                ),
            ),
            numbered=False,
        ),
        Callout(
            "remember",
            (paragraph("If you are in doubt about something, ask before you do it."),),
            "when-in-doubt",
        ),
    ),
    number="1",
    name="introduction",
)

SCOPE = Section(
    "scope",
    text("Scope"),
    (
        Clause(
            "equipment-covered",
            (
                Paragraph(
                    (
                        Text("This policy covers all technology that "),
                        Value("Elm Grove Primary School", "school.name", "school", "material"),
                        Text(
                            " or the employer provides, such as computers, tablets, phones, cameras and "
                        ),
                        Emphasis(text("online services")),
                        Text("."),
                        FootnoteMark("scope-note-services", "1"),
                    )
                ),
            ),
            number="2.1",
        ),
        clause(
            "personal-use",
            "2.2",
            "Limited personal use is allowed, on three principles:",
            ItemList(
                "letter",
                (
                    Item(
                        (paragraph("it stays within the member of staff’s own time;"),),
                        "(a)",
                        "own-time",
                    ),
                    Item(
                        (
                            paragraph(
                                "it never takes the place of the work that the school pays for, and in particular"
                            ),
                            items(
                                "roman",
                                ("(i)", "it does not happen while pupils are present;", ()),
                                ("(ii)", "it does not delay a reply to a parent;", ()),
                            ),
                        ),
                        "(b)",
                        "not-instead",
                    ),
                    Item(
                        (paragraph("it does no harm to the good name of the school."),),
                        "(c)",
                        "no-harm",
                    ),
                ),
            ),
            "Personal use in the evening from home counts as personal use too, when it is on a device of the school.",
        ),
        Clause(
            "record",
            (
                Paragraph(
                    (
                        Text("All traffic is recorded. See "),
                        Reference("personal-use", text("paragraph 2.2")),
                        Text(", "),
                        Reference("monitoring", text("section 4")),
                        Text(" and "),
                        Reference("app-social", text("Appendix 1")),
                        Text(". The school’s own note on this reads: "),
                        Value(AWKWARD, "answers.note", "policy", "material"),
                        FootnoteMark("scope-note-services", "1"),
                    )
                ),
            ),
            number="2.3",
            adapt="free",
            local="replaced",
        ),
    ),
    number="2",
    name="scope",
    footnotes=(
        Footnote(
            "scope-note-services",
            "1",
            (paragraph("Services that the school has checked for data protection."),),
        ),
    ),
)

SAFE_PRACTICE = Section(
    "safe-practice",
    text("Safe working practice with the internet, e-mail and other electronic communication"),
    (
        paragraph(
            "Both are part of running the school, and nothing here limits their proper use.", "lead"
        ),
        Subhead(2, text("E-mail"), "email-heading"),
        clause(
            "personal-email",
            "3.1",
            "Staff write personal e-mail in their own time. In the working day a few minutes are allowed when "
            "something is urgent, and never while teaching or in charge of pupils.",
            "Too much of it is not allowed and may be treated as misconduct.",
        ),
        clause(
            "what-is-kept",
            "3.2",
            "Each message that passes through the school’s system leaves a record of:",
            bullets(
                "the sender and all recipients",
                "the names and sizes of attachments",
                "the date and time",
            ),
        ),
        clause(
            "unacceptable",
            "3.3",
            "Nobody may use the equipment of the school to:",
            items(
                "bullet",
                (
                    "",
                    "offend or harass anyone, which includes",
                    (
                        bullets(
                            "remarks about a person’s race, sex, faith, age or disability",
                            "pictures of people who did not agree to it",
                        ),
                    ),
                ),
                ("", "carry on a private business", ()),
            ),
            "This list is not complete, and the school may add to it.",
        ),
        Clause(
            "copyright",
            (
                paragraph(
                    "Text, pictures and music belong to somebody. Staff use them as the licence allows."
                ),
                bullets("Ask before you copy.", "Name the source."),
            ),
            title=text("Copyright"),
            number="3.4",
        ),
        Clause(
            "downloads",
            (
                Paragraph(
                    (
                        Text("Programs are added by the IT support team only. Type "),
                        Code("help!"),
                        Text(" in the portal, see "),
                        Link("https://www.gov.uk/", text("the government’s advice")),
                        Text(" or write to "),
                        Link(
                            "mailto:help@elmgrove.example",
                            (
                                Value(
                                    "help@elmgrove.example",
                                    "people.it_support.email",
                                    "school",
                                    "details",
                                ),
                            ),
                        ),
                        Text("."),
                        LineBreak(),
                        Strong(text("Nobody else installs software.")),
                    )
                ),
            ),
            title=text("Downloading software"),
            number="3.5",
        ),
        clause(
            "added-here",
            "3.6",
            "A member of staff who finds a stranger’s memory stick gives it to the office.",
            local="added",
        ),
    ),
    number="3",
    name="safe-practice",
)

MONITORING = Section(
    "monitoring",
    text("Monitoring and responsibilities"),
    (
        clause("who-does-what", "4.1", "Responsibilities are shared as the table shows."),
        Table(
            text("Who is responsible for filtering and monitoring"),
            cells("Role", "Person", "What they do"),
            (
                cells(
                    "Senior leader",
                    "Imran Sheikh",
                    "sees that filtering and monitoring work and reports to the board each year",
                ),
                cells(
                    "Governor", "Safeguarding governor", "asks questions and records the answers"
                ),
                cells("Network manager", "", "keeps the logs and looks after the settings"),
            ),
            "responsibilities",
        ),
        Quote(
            (paragraph("A log that nobody reads protects nobody."),),
            text("Northshire safeguarding partnership, annual report"),
            "log-quote",
        ),
        Clause(
            "retention",
            (
                Paragraph(
                    (
                        Text("Logs are kept for "),
                        Value("six", "answers.months", "policy", "material"),
                        Text(" months."),
                    ),
                ),
            ),
            number="4.2",
        ),
        Callout(
            "key-points",
            (bullets("Monitoring is automatic.", "A person looks only when there is a reason."),),
        ),
        AudiencePart(
            "headteachers",
            (paragraph("Closer monitoring is ordered in writing, with reasons."),),
            "for-heads",
        ),
        Definitions(
            (
                Definition(
                    text("Monitoring"),
                    (
                        (
                            paragraph(
                                "Looking at what is done on the network, by program or in person."
                            ),
                        ),
                    ),
                ),
                Definition(
                    text("Filtering"),
                    (
                        (paragraph("Keeping harmful material out."),),
                        (paragraph("Also: the product that does it."),),
                    ),
                ),
            )
        ),
        Paragraph(
            (Image("padlock.svg", "A closed padlock"), Text(" Lock the screen when you leave it."))
        ),
        Paragraph((Image("rule.svg", ""),)),
    ),
    number="4",
    name="monitoring",
)

DATA = Section(
    "data",
    text("Data security"),
    tuple(
        clause(
            f"data-rule-{index}",
            f"5.{index}",
            f"Rule {index} of data security: staff keep what they know about pupils and families to themselves and "
            "to the systems of the school, whatever the device and wherever they work.",
            "What has been printed is locked away at the end of the day and destroyed when it is no longer needed. "
            "Paper that leaves the building is signed out, and signed in again when it comes back.",
        )
        for index in range(1, 8)
    ),
    number="5",
    name="data",
)

AGREEMENT = Section(
    "agreement",
    text("Acceptable use agreement for staff"),
    (
        paragraph(
            "I have read and understood the policy and the training that goes with it, and I will keep to it. "
            "I know that the school records what is done on its network."
        ),
        SignatureBlock(
            "Member of staff",
            (text("Name (please print)"), text("Signed"), text("Date")),
            "sign-staff",
        ),
    ),
    numbered=False,
    kind="form",
    name="agreement",
)

LAPTOP = Section(
    "laptop-form",
    text("School laptop: equipment and software"),
    (
        Table(
            text("Hardware"),
            cells("Hardware details", "Date issued"),
            (
                cells("Laptop model", ""),
                cells("Laptop serial number", ""),
                cells("Bag and manuals", ""),
            ),
            "hardware",
        ),
        Table(
            text("Software"),
            cells("Software details", "Installed"),
            (
                cells("Operating system", ""),
                cells("Office suite", ""),
                cells("Security software", ""),
                *(cells("", "") for _ in range(5)),
            ),
            "software",
        ),
        Table(text("Loan"), (), (cells("Lent to", ""), cells("Return by", "")), "loan"),
        Subhead(2, text("Declaration")),
        Paragraph(
            (
                Text("I have received what is listed above and keep to "),
                Reference("personal-use", text("paragraph 2.2")),
                Text("."),
            )
        ),
        SignatureBlock(
            "Member of staff", (text("Name (please print)"), text("Signed"), text("Date"))
        ),
        SignatureBlock(
            "For the school", (text("Name (please print)"), text("Signed"), text("Date"))
        ),
    ),
    numbered=False,
    kind="form",
    name="laptop-form",
)

APPENDIX_1 = Section(
    "app-social",
    text("Guidance for employees on social media"),
    (
        bullets(
            "What you post fits the post you hold.",
            "Check your privacy settings after every update.",
            "Do not write about pupils, parents or colleagues.",
        ),
    ),
    number="1",
    kind="appendix",
    name="app-social",
)

APPENDIX_2 = Section(
    "app-heads",
    text("Additional guidance for headteachers"),
    (
        Subhead(2, text("Headteachers have a responsibility to")),
        bullets("know this policy", "act promptly on harassment"),
        Subhead(2, text("Headteachers may wish to")),
        clause("offer-training", "A2.1", "Offer training to new staff."),
    ),
    number="2",
    kind="appendix",
    audience="headteachers",
    name="app-heads",
)

POLICY = Document(
    school_id="elm-grove",
    policy_id="staff-acceptable-use",
    school_name="Elm Grove Primary School",
    title="Acceptable use of IT by staff",
    short_title="Staff IT",
    issuer_name="Northshire County Council",
    edition="2026.1",
    version="1.2",
    versions=(
        VersionRow("1.0", datetime.date(2019, 3, 12), "Headteacher", "First adopted", "752.1"),
        VersionRow(
            "1.1",
            datetime.date(2022, 11, 3),
            "School business manager",
            "Names of the safeguarding team",
            "",
        ),
        VersionRow(
            "1.2",
            None,
            "School business manager",
            "County model policy, edition 2026.1, adopted",
            "",
        ),
    ),
    review_months=24,
    contents_depth=1,
    sections=(INTRODUCTION, SCOPE, SAFE_PRACTICE, MONITORING, DATA),
    forms=(AGREEMENT, LAPTOP),
    appendices=(APPENDIX_1, APPENDIX_2),
    branding=Branding(
        "logo.svg",
        "Oak leaf, the badge of Elm Grove",
        "Grow together",
        "Kindness · Courage · Curiosity",
        "#1d5c3a",
    ),
)

APPROVED_POLICY = replace(
    POLICY,
    versions=(
        *POLICY.versions[:2],
        replace(POLICY.versions[2], date=datetime.date(2026, 11, 12), minute="19.2"),
    ),
)


def _heading(identity: str, number: str, title: str, *blocks: Block) -> Section:
    return Section(identity, text(title), blocks, level=number.count(".") + 1, number=number)


NUMBERED_HEADINGS = replace(
    POLICY,
    policy_id="computing-facilities",
    title="Use of computing facilities",
    short_title="Computing",
    issuer_name="Beacon Learning Trust",
    contents_depth=3,
    sections=(
        Section(
            "key-points", text("Key points"), (bullets("Lock it.", "Report it."),), numbered=False
        ),
        _heading(
            "use",
            "1",
            "Use of the facilities",
            paragraph("The trust provides computing facilities."),
            _heading(
                "who",
                "1.1",
                "Who may use them",
                paragraph("Members of the trust."),
                _heading(
                    "visitors",
                    "1.1.1",
                    "Visitors",
                    paragraph("Visitors sign in."),
                    _heading(
                        "visitors-children",
                        "1.1.1.1",
                        "Children who visit",
                        paragraph("With an adult."),
                    ),
                ),
                Clause(
                    "contact-channels",
                    (paragraph("A paragraph with a number of its own."),),
                    number="1.1.2",
                    level=3,
                ),
            ),
        ),
    ),
    forms=(),
)
"""Sections that hold sections, four levels deep."""

FLAT = replace(
    POLICY,
    policy_id="electronic-communications-advice",
    title="Electronic communications: advice",
    contents_depth=0,
    sections=(
        Section(
            "writing",
            text("Writing"),
            (clause("write-1", "1", "Think first."), clause("write-2", "2", "Write later.")),
            numbered=False,
        ),
        Section(
            "reading", text("Reading"), (clause("read-1", "1", "Read twice."),), numbered=False
        ),
    ),
    forms=(),
    appendices=(),
    branding=Branding(),
)
"""Clauses that count from one in each section, no contents, no logo."""
