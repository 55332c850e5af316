"""The tables of people, as they have been since members are kept by pages and by the labs.

A `decision` is the one record of who has which badge and which clearance, made here or in
a lab; `badge` and `clearance` are what they come to, and can be made anew from them.
"""

from __future__ import annotations

import sqlite3

from kiosk.central import accounts, audit

MEMBERS = """
CREATE TABLE organisation(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL) STRICT;
ALTER TABLE member ADD COLUMN public TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN age_band TEXT NOT NULL DEFAULT 'adult';
ALTER TABLE member ADD COLUMN guardian_on TEXT;
ALTER TABLE member ADD COLUMN organisation TEXT REFERENCES organisation(id) ON DELETE SET NULL;
ALTER TABLE member ADD COLUMN email TEXT;
ALTER TABLE member ADD COLUMN joined_us INTEGER;
ALTER TABLE member ADD COLUMN left_on TEXT;
ALTER TABLE member ADD COLUMN provisional TEXT;
CREATE INDEX member_organisation ON member(organisation);
CREATE INDEX member_email ON member(email);
CREATE TABLE alias(
    id TEXT PRIMARY KEY, member TEXT NOT NULL REFERENCES member(id) ON DELETE CASCADE) STRICT;
CREATE INDEX alias_member ON alias(member);
CREATE TABLE erased(id TEXT PRIMARY KEY, at_us INTEGER NOT NULL) STRICT;
"""

#: `source`: before, file, page, helloasso, csv, provisional.
MEMBERSHIPS = """
CREATE TABLE memberships(
    id INTEGER PRIMARY KEY, member TEXT NOT NULL REFERENCES member(id) ON DELETE CASCADE,
    taken_on TEXT, since TEXT, until TEXT NOT NULL, source TEXT NOT NULL,
    reference TEXT NOT NULL DEFAULT '', rate TEXT NOT NULL DEFAULT '',
    cancelled_on TEXT, why TEXT NOT NULL DEFAULT '', import TEXT) STRICT;
INSERT INTO memberships(member, until, source) SELECT member, until, 'before' FROM membership;
DROP TABLE membership;
ALTER TABLE memberships RENAME TO membership;
CREATE INDEX membership_member ON membership(member);
CREATE INDEX membership_import ON membership(import) WHERE import IS NOT NULL;
"""

#: `member` of a decision may be nobody known yet: who joined at another lab is told later.
DECISIONS = """
CREATE TABLE decision(
    birth TEXT PRIMARY KEY, lab TEXT NOT NULL, at_us INTEGER, kind TEXT NOT NULL,
    member TEXT NOT NULL, subject TEXT NOT NULL, until TEXT, trains INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX decision_subject ON decision(subject);
CREATE INDEX decision_member ON decision(member, subject);
CREATE TABLE decision_upto(store TEXT PRIMARY KEY, lab TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
CREATE TABLE unknown_badge(
    digest TEXT PRIMARY KEY, code TEXT NOT NULL, lab TEXT NOT NULL, seen_us INTEGER) STRICT;
INSERT INTO decision(birth, lab, at_us, kind, member, subject)
    SELECT 'before-' || digest, '', 0, 'badge.enrolled', member, digest FROM badge;
INSERT INTO decision(birth, lab, at_us, kind, member, subject, until, by)
    SELECT 'before-' || member || '-' || of, '', 0, 'clearance.granted', member, of, until,
    granted_by FROM clearance;
ALTER TABLE badge ADD COLUMN since TEXT;
ALTER TABLE clearance ADD COLUMN trains INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rule(
    of TEXT PRIMARY KEY, months INTEGER NOT NULL, unused_months INTEGER NOT NULL) STRICT;
CREATE TABLE used(
    member TEXT NOT NULL REFERENCES member(id) ON DELETE CASCADE, of TEXT NOT NULL,
    day TEXT NOT NULL, PRIMARY KEY(member, of)) STRICT, WITHOUT ROWID;
"""


def add(connection: sqlite3.Connection) -> None:
    """Over the tables of a roster that came from files alone; what they held is carried over."""
    for script in (accounts.SCHEMA, MEMBERS, MEMBERSHIPS, DECISIONS, audit.SCHEMA):
        _run(connection, script)


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Statement by statement, in the caller's transaction: `executescript` would commit it."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
