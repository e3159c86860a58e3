CREATE TABLE journal_schema (
    version integer NOT NULL PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- The head of a run: what its newest record says, so that lists need no records.
CREATE TABLE journal_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    job text NOT NULL,
    machine text NOT NULL,
    state text NOT NULL,
    is_final boolean NOT NULL,
    sequence bigint NOT NULL,
    epoch bigint NOT NULL,
    created_at text NOT NULL,
    updated_at text NOT NULL
);

-- payload is text, not jsonb: it comes back byte for byte.
CREATE TABLE journal_record (
    run_id bigint NOT NULL REFERENCES journal_run (id),
    sequence bigint NOT NULL,
    kind text NOT NULL,
    machine text NOT NULL,
    state text NOT NULL,
    is_final boolean NOT NULL,
    epoch bigint NOT NULL,
    of_sequence bigint,
    operation text,
    effect_key text,
    payload text NOT NULL,
    written_at text NOT NULL,
    written_by text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (run_id, sequence)
);

-- A row stays when its lease ends: tokens grow for ever.
CREATE TABLE journal_lease (
    job text NOT NULL PRIMARY KEY,
    owner text NOT NULL,
    token bigint NOT NULL,
    until timestamptz NOT NULL
);

INSERT INTO journal_schema (version) VALUES (1);
