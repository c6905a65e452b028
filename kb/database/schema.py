"""The tables of the knowledge base: one place for every DDL statement.

Rows are written once by the build and never changed; there is no timestamp in
the file, so the same policies give the same bytes.
"""

from __future__ import annotations

SCHEMA_VERSION = 4
APPLICATION_ID = 0x70616B62
"""Stands in the file's header, so that any program can tell whose file it is."""

TABLES = """
CREATE TABLE source_file (
  path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, text TEXT NOT NULL) STRICT;

CREATE TABLE source (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, publisher TEXT NOT NULL, url TEXT NOT NULL,
  version TEXT NOT NULL, grade TEXT NOT NULL, read_on TEXT, review_by TEXT,
  prose_html TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL) STRICT;

CREATE TABLE payer (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, line_of_business TEXT NOT NULL,
  prose_html TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL) STRICT;

-- kind: identifier (X12 payer id), filing (claim filing indicator), name (normalised)
CREATE TABLE payer_match (
  kind TEXT NOT NULL, value TEXT NOT NULL, payer TEXT NOT NULL REFERENCES payer(id),
  PRIMARY KEY (kind, value, payer)) STRICT;

CREATE TABLE contractor (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, payer TEXT NOT NULL REFERENCES payer(id),
  prose_html TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL) STRICT;

CREATE TABLE payer_citation (
  payer TEXT NOT NULL REFERENCES payer(id), position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL,
  quote TEXT NOT NULL, PRIMARY KEY (payer, position)) STRICT;

CREATE TABLE contractor_citation (
  contractor TEXT NOT NULL REFERENCES contractor(id), position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL,
  quote TEXT NOT NULL, PRIMARY KEY (contractor, position)) STRICT;

CREATE TABLE contractor_state (
  contractor TEXT NOT NULL REFERENCES contractor(id), state TEXT NOT NULL,
  PRIMARY KEY (contractor, state)) STRICT;

CREATE TABLE reason (
  line_of_business TEXT NOT NULL, kind TEXT NOT NULL, carc TEXT NOT NULL,
  rarc TEXT NOT NULL, PRIMARY KEY (line_of_business, kind)) STRICT;

CREATE TABLE fact (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL,
  where_found TEXT NOT NULL, ask TEXT NOT NULL, prose_html TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL) STRICT;

CREATE TABLE fact_choice (
  fact TEXT NOT NULL REFERENCES fact(id), position INTEGER NOT NULL,
  choice TEXT NOT NULL, PRIMARY KEY (fact, position)) STRICT;

CREATE TABLE code (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, label TEXT NOT NULL, imaging TEXT NOT NULL,
  sides TEXT NOT NULL, global_days TEXT NOT NULL, prose_html TEXT NOT NULL,
  file TEXT REFERENCES source_file(path), line INTEGER) STRICT;

CREATE TABLE code_add_on (
  code TEXT NOT NULL REFERENCES code(id), base TEXT NOT NULL REFERENCES code(id),
  PRIMARY KEY (code, base)) STRICT;

CREATE TABLE code_citation (
  code TEXT NOT NULL REFERENCES code(id), position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL,
  quote TEXT NOT NULL, PRIMARY KEY (code, position)) STRICT;

-- "grouping" itself is not reserved in SQLite; the plural avoids the doubt
CREATE TABLE code_grouping (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, prose_html TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL) STRICT;

CREATE TABLE code_group_member (
  code_grouping TEXT NOT NULL REFERENCES code_grouping(id), code_group TEXT NOT NULL,
  code TEXT NOT NULL REFERENCES code(id), from_day TEXT, through_day TEXT) STRICT;

CREATE TABLE policy (
  id TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT;

-- first_day_*: who states the first day; stand_in: nobody does, and the day stands in for it;
-- read_in: day of the version whose text was read, where that is a later one; carried: whether
-- a payer that defers to this one's follows it; sha256: over all rows of the version in all tables
CREATE TABLE policy_version (
  id TEXT PRIMARY KEY, policy TEXT NOT NULL REFERENCES policy(id), title TEXT NOT NULL,
  payer TEXT REFERENCES payer(id), any_payer INTEGER NOT NULL,
  contractor TEXT REFERENCES contractor(id), status TEXT NOT NULL,
  based_on TEXT REFERENCES policy(id), defers_to TEXT REFERENCES payer(id),
  delegated_to TEXT NOT NULL, decides TEXT NOT NULL, from_day TEXT, through_day TEXT,
  clock TEXT NOT NULL, ended INTEGER NOT NULL,
  first_day_source TEXT REFERENCES source(id), first_day_passage TEXT NOT NULL,
  first_day_grade TEXT NOT NULL, stand_in INTEGER NOT NULL, read_in TEXT,
  carried INTEGER NOT NULL, prose_html TEXT NOT NULL, prose_text TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL,
  end_line INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;

CREATE TABLE policy_state (
  policy_version TEXT NOT NULL REFERENCES policy_version(id), state TEXT NOT NULL,
  PRIMARY KEY (policy_version, state)) STRICT;

CREATE TABLE policy_plan (
  policy_version TEXT NOT NULL REFERENCES policy_version(id), plan TEXT NOT NULL,
  PRIMARY KEY (policy_version, plan)) STRICT;

CREATE TABLE policy_citation (
  policy_version TEXT NOT NULL REFERENCES policy_version(id), position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL,
  quote TEXT NOT NULL, PRIMARY KEY (policy_version, position)) STRICT;

-- what an overlay does to the text it is based on; action: changed, dropped
CREATE TABLE policy_overlay (
  policy_version TEXT NOT NULL REFERENCES policy_version(id), action TEXT NOT NULL,
  item TEXT NOT NULL, PRIMARY KEY (policy_version, item)) STRICT;

CREATE TABLE code_set (
  id TEXT PRIMARY KEY, policy_version TEXT REFERENCES policy_version(id),
  name TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
  prose_html TEXT NOT NULL, file TEXT NOT NULL REFERENCES source_file(path),
  line INTEGER NOT NULL) STRICT;

CREATE TABLE code_set_member (
  code_set TEXT NOT NULL REFERENCES code_set(id), code TEXT NOT NULL REFERENCES code(id),
  from_day TEXT, through_day TEXT) STRICT;

CREATE TABLE code_set_citation (
  code_set TEXT NOT NULL REFERENCES code_set(id), position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL,
  quote TEXT NOT NULL, PRIMARY KEY (code_set, position)) STRICT;

CREATE TABLE dated_value (
  policy_version TEXT NOT NULL REFERENCES policy_version(id), name TEXT NOT NULL,
  title TEXT NOT NULL, prose_html TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
  PRIMARY KEY (policy_version, name)) STRICT;

CREATE TABLE dated_value_amount (
  policy_version TEXT NOT NULL, name TEXT NOT NULL, amount TEXT NOT NULL,
  unit TEXT NOT NULL, in_case TEXT NOT NULL, from_day TEXT, through_day TEXT,
  FOREIGN KEY (policy_version, name) REFERENCES dated_value(policy_version, name)) STRICT;

CREATE TABLE dated_value_citation (
  policy_version TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL, quote TEXT NOT NULL,
  PRIMARY KEY (policy_version, name, position),
  FOREIGN KEY (policy_version, name) REFERENCES dated_value(policy_version, name)) STRICT;

-- id: policy_version#name, or policy_version#name@first-day for a later version of it
CREATE TABLE rule (
  id TEXT PRIMARY KEY, policy_version TEXT NOT NULL REFERENCES policy_version(id),
  position INTEGER NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
  duty TEXT NOT NULL, from_day TEXT, through_day TEXT, code_set TEXT REFERENCES code_set(id),
  outcome TEXT NOT NULL, reason TEXT NOT NULL, carc TEXT NOT NULL, rarc TEXT NOT NULL,
  fix TEXT NOT NULL, grade TEXT NOT NULL, sentence TEXT NOT NULL, text TEXT NOT NULL,
  prose_html TEXT NOT NULL, prose_text TEXT NOT NULL, ir TEXT NOT NULL, ir_sha256 TEXT NOT NULL,
  carried INTEGER NOT NULL, origin TEXT NOT NULL REFERENCES policy(id),
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL,
  end_line INTEGER NOT NULL) STRICT;

-- the rule's scope, expanded: one row a code and span
CREATE TABLE rule_code (
  rule TEXT NOT NULL REFERENCES rule(id), code TEXT NOT NULL REFERENCES code(id),
  from_day TEXT, through_day TEXT) STRICT;

CREATE TABLE rule_citation (
  rule TEXT NOT NULL REFERENCES rule(id), position INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES source(id), passage TEXT NOT NULL,
  quote TEXT NOT NULL, PRIMARY KEY (rule, position)) STRICT;

-- every fact that the rule may ask for
CREATE TABLE rule_fact (
  rule TEXT NOT NULL REFERENCES rule(id), fact TEXT NOT NULL REFERENCES fact(id),
  PRIMARY KEY (rule, fact)) STRICT;

-- what the rule's tests and duty name beside its scope: a code set, or a single code;
-- use: diagnosis, earlier, same-day, not-with, bill-as, last, modifier, unless-modifier,
-- or the claim field (place ...)
CREATE TABLE rule_mention (
  rule TEXT NOT NULL REFERENCES rule(id), use TEXT NOT NULL,
  code_set TEXT REFERENCES code_set(id), code TEXT REFERENCES code(id),
  CHECK ((code_set IS NULL) <> (code IS NULL))) STRICT;

CREATE TABLE rule_exception (
  rule TEXT NOT NULL REFERENCES rule(id), position INTEGER NOT NULL, name TEXT NOT NULL,
  title TEXT NOT NULL, of TEXT NOT NULL, sentence TEXT NOT NULL, text TEXT NOT NULL,
  prose_html TEXT NOT NULL, citations TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL,
  PRIMARY KEY (rule, name)) STRICT;

CREATE TABLE scenario (
  id TEXT PRIMARY KEY, policy_version TEXT NOT NULL REFERENCES policy_version(id),
  position INTEGER NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, claim TEXT NOT NULL,
  expect TEXT NOT NULL, prose_html TEXT NOT NULL, origin TEXT NOT NULL REFERENCES policy(id),
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL,
  end_line INTEGER NOT NULL) STRICT;

-- what staff call things; kind and target: see ``dsl.load.words``
CREATE TABLE alias (
  word TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
  file TEXT NOT NULL REFERENCES source_file(path), line INTEGER NOT NULL) STRICT;

-- a rule as cards say it, on the days on which its words stay the same; aspect: the question
-- it answers (kb.plain.aspects); short: the answer in big type; sources: keys, a JSON list;
-- confined: where alone it can apply, a JSON list of field, only or but, values; lists: those of diagnoses that it asks for
CREATE TABLE card_answer (
  rule TEXT NOT NULL REFERENCES rule(id), from_day TEXT, through_day TEXT,
  aspect TEXT NOT NULL, short TEXT NOT NULL, sentence TEXT NOT NULL, condition TEXT NOT NULL,
  caveat TEXT NOT NULL, sources TEXT NOT NULL, confined TEXT NOT NULL,
  in_some_cases INTEGER NOT NULL, lists TEXT NOT NULL) STRICT;

-- whose policies hold for a payer: its own, those for any payer, and, with the version that
-- says so in followed_by, those of another payer; states, plans: JSON lists, empty for all
CREATE TABLE card_policy (
  payer TEXT NOT NULL REFERENCES payer(id), version TEXT NOT NULL REFERENCES policy_version(id),
  followed_by TEXT NOT NULL, from_day TEXT, through_day TEXT, states TEXT NOT NULL,
  plans TEXT NOT NULL) STRICT;

-- what the search page looks through; kind: rule, policy, source, code, payer
CREATE TABLE search_entry (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, item TEXT NOT NULL, title TEXT NOT NULL,
  subtitle TEXT NOT NULL, path TEXT NOT NULL, codes TEXT NOT NULL, body TEXT NOT NULL) STRICT;

CREATE VIRTUAL TABLE search_entry_fts USING fts5(
  title, subtitle, codes, body, content='search_entry', content_rowid='id',
  tokenize='porter unicode61');
"""

INDEXES = """
CREATE INDEX rule_by_policy ON rule(policy_version, position);
CREATE INDEX rule_code_by_code ON rule_code(code);
CREATE INDEX rule_code_by_rule ON rule_code(rule);
CREATE INDEX rule_fact_by_fact ON rule_fact(fact);
CREATE INDEX rule_mention_by_rule ON rule_mention(rule);
CREATE INDEX rule_mention_by_set ON rule_mention(code_set);
CREATE INDEX rule_mention_by_code ON rule_mention(code);
CREATE INDEX rule_citation_by_source ON rule_citation(source);
CREATE INDEX code_set_member_by_set ON code_set_member(code_set);
CREATE INDEX code_set_member_by_code ON code_set_member(code);
CREATE INDEX code_group_member_by_code ON code_group_member(code);
CREATE INDEX policy_version_by_payer ON policy_version(payer);
CREATE INDEX policy_version_by_policy ON policy_version(policy);
CREATE INDEX card_answer_by_rule ON card_answer(rule);
CREATE INDEX card_policy_by_payer ON card_policy(payer);
CREATE INDEX scenario_by_policy ON scenario(policy_version, position);
"""

# Written last, so that the seal in it stands near the end of the file (``kb.database.seal``).
META = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""
