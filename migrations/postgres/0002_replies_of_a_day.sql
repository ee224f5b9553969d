-- How much an author and its server said within a day is asked for every reply that comes. Rows of before have no
-- origin: for a day, they do not count for their server.
ALTER TABLE replies ADD COLUMN origin TEXT COLLATE "C" NOT NULL DEFAULT '';  -- of the author: https://host
CREATE INDEX replies_by_origin ON replies (origin, received_at);
DROP INDEX replies_by_author;
CREATE INDEX replies_by_author ON replies (author, received_at);
