CREATE TABLE journal_schema (
    version INTEGER NOT NULL PRIMARY KEY,
    applied_at TEXT NOT NULL
) STRICT;

-- The head of a run: what its newest record says, so that lists need no records.
CREATE TABLE journal_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    machine TEXT NOT NULL,
    state TEXT NOT NULL,
    is_final INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE journal_record (
    run_id INTEGER NOT NULL REFERENCES journal_run (id),
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    machine TEXT NOT NULL,
    state TEXT NOT NULL,
    is_final INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    of_sequence INTEGER,
    operation TEXT,
    effect_key TEXT,
    payload TEXT NOT NULL,
    written_at TEXT NOT NULL,
    written_by TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (run_id, sequence)
) STRICT;

-- until: ticks of 100 ns since 0001-01-01 UTC. A row stays when its lease ends: tokens grow for ever.
CREATE TABLE journal_lease (
    job TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

INSERT INTO journal_schema (version, applied_at) VALUES (1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
