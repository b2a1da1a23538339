-- What is due is found by its way: text messages are not looked for among mails that wait for a relay that is away.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (way, next_attempt_at) WHERE state = 'waiting';
