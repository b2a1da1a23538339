-- The index of words is put together in the night (db/search.h, search_tidy): two pieces of a size are enough to make one.
-- [sqlite]
INSERT INTO search_words (search_words, rank) VALUES ('usermerge', 2);
-- [end]
