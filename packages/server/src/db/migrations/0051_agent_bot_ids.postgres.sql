create sequence agent_bots_id_seq owned by agent_bots.id;
