-- Fleets of ten thousands of runs: the highest epoch of a job, and what is unfinished, without a scan.
CREATE INDEX journal_run_job ON journal_run (job, epoch);
CREATE INDEX journal_run_unfinished ON journal_run (id) WHERE NOT is_final;

INSERT INTO journal_schema (version, applied_at) VALUES (2, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
