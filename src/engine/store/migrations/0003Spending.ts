/**
 * What was spent, by run and day (UTC, counted from the epoch), and what calls under way may cost at most. Money stays
 * spent when its run is deleted: it then belongs to run 0. Amounts are US dollars.
 */
export const SPENDING = `
CREATE TABLE spending (
  run INTEGER NOT NULL,
  day INTEGER NOT NULL,
  usd REAL NOT NULL,
  PRIMARY KEY (run, day)
) STRICT;
CREATE INDEX spending_by_day ON spending (day);

CREATE TABLE reservations (
  run INTEGER NOT NULL,
  target INTEGER NOT NULL,
  case_index INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  -- The attempt at the run that made it: one of an earlier attempt is of a call whose end is unknown.
  attempt INTEGER NOT NULL,
  day INTEGER NOT NULL,
  most_usd REAL NOT NULL,
  likely_usd REAL NOT NULL,
  -- The target has answered, and its answer is stored; it waits to be judged.
  answered INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, target, case_index, trial)
) STRICT;
CREATE INDEX reservations_by_day ON reservations (day);

-- What a person allowed for one run, on top of its suite's budget.
CREATE TABLE run_limits (
  run INTEGER PRIMARY KEY,
  usd REAL NOT NULL
) STRICT;

INSERT INTO spending (run, day, usd)
SELECT run, CAST(json_extract(results.body, '$.startedAt') / 86400000 AS INTEGER) AS day,
  total(
    iif(json_extract(runs.plan, '$.origin.rejudge') IS NULL, coalesce(json_extract(results.body, '$.output.costUsd'), 0), 0)
    + (SELECT total(json_extract(value, '$.costUsd')) FROM json_each(results.body, '$.evaluations'))
  )
FROM results JOIN runs ON runs.number = results.run
WHERE json_extract(runs.plan, '$.origin.replay') IS NULL
GROUP BY run, day;
`;
