-- A case may have the same kind of date more than once, one for each thing that it
-- is about (item, an id of ours), and each date leads to a page.

-- +goose Up
CREATE TABLE due_dates_of_items (
    case_id TEXT NOT NULL REFERENCES cases (id),
    key     TEXT NOT NULL,                  -- text key
    item    TEXT NOT NULL DEFAULT '',       -- "" or an id of ours; never health data
    on_date TEXT NOT NULL,                  -- YYYY-MM-DD
    page    TEXT NOT NULL DEFAULT '',       -- "" or the id of a page of the case
    PRIMARY KEY (case_id, key, item)
);

-- Until now every date was the decision's, the visit's or of a step of the coverage list.
INSERT INTO due_dates_of_items (case_id, key, item, on_date, page)
SELECT case_id, key, '', MIN(on_date),
    CASE key WHEN 'due.decision' THEN 'decide' WHEN 'due.visit' THEN 'prepare' ELSE 'coverage.answer' END
FROM due_dates GROUP BY case_id, key;

DROP TABLE due_dates;
ALTER TABLE due_dates_of_items RENAME TO due_dates;
