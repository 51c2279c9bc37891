create sequence notifications_id_seq owned by notifications.id;
