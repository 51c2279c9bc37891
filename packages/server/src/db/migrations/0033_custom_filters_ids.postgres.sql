create sequence custom_filters_id_seq owned by custom_filters.id;
