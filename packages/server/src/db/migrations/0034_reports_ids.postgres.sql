create sequence report_events_id_seq owned by report_events.id;
