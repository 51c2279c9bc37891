create sequence teams_id_seq owned by teams.id;
