create sequence webhook_deliveries_id_seq owned by webhook_deliveries.id;
