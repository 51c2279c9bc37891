-- What nobody can take yet stays in the queue. Each inbox and each of its teams has a line of its own there, so that one whose agents
-- are away stops no other. Team 0 is none.
alter table assignment_queue add column inbox_id bigint not null default 0;
alter table assignment_queue add column team_id bigint not null default 0;
update assignment_queue set
  inbox_id = (select inbox_id from conversations where conversations.id = assignment_queue.conversation_id),
  team_id = coalesce((select team_id from conversations where conversations.id = assignment_queue.conversation_id), 0);
create index assignment_queue_lines on assignment_queue (inbox_id, team_id, created_at, conversation_id);
