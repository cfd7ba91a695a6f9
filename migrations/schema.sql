-- The schema that all migrations make, as lines to compare; recorded by npm run schema:update. It is not a script.

-- Columns
pgboss.bam.command text NOT NULL
pgboss.bam.completed_on timestamp with time zone
pgboss.bam.created_on timestamp with time zone NOT NULL DEFAULT clock_timestamp()
pgboss.bam.error text
pgboss.bam.id uuid NOT NULL DEFAULT gen_random_uuid()
pgboss.bam.name text NOT NULL
pgboss.bam.queue text
pgboss.bam.started_on timestamp with time zone
pgboss.bam.status text NOT NULL DEFAULT 'pending'::text
pgboss.bam.table_name text NOT NULL
pgboss.bam.version integer NOT NULL
pgboss.job.blocked boolean NOT NULL DEFAULT false
pgboss.job.blocking boolean NOT NULL DEFAULT false
pgboss.job.completed_on timestamp with time zone
pgboss.job.created_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.job.data jsonb
pgboss.job.dead_letter text
pgboss.job.deletion_seconds integer NOT NULL DEFAULT 604800
pgboss.job.expire_seconds integer NOT NULL DEFAULT 900
pgboss.job.group_id text
pgboss.job.group_tier text
pgboss.job.heartbeat_on timestamp with time zone
pgboss.job.heartbeat_seconds integer
pgboss.job.id uuid NOT NULL DEFAULT gen_random_uuid()
pgboss.job.keep_until timestamp with time zone NOT NULL DEFAULT (now() + '336:00:00'::interval)
pgboss.job.name text NOT NULL
pgboss.job.output jsonb
pgboss.job.pending_dependencies integer NOT NULL DEFAULT 0
pgboss.job.policy text
pgboss.job.priority integer NOT NULL DEFAULT 0
pgboss.job.retry_backoff boolean NOT NULL DEFAULT false
pgboss.job.retry_count integer NOT NULL DEFAULT 0
pgboss.job.retry_delay integer NOT NULL DEFAULT 0
pgboss.job.retry_delay_max integer
pgboss.job.retry_limit integer NOT NULL DEFAULT 2
pgboss.job.singleton_key text
pgboss.job.singleton_on timestamp without time zone
pgboss.job.source_created_on timestamp with time zone
pgboss.job.source_id uuid
pgboss.job.source_name text
pgboss.job.source_retry_count integer
pgboss.job.start_after timestamp with time zone NOT NULL DEFAULT now()
pgboss.job.started_on timestamp with time zone
pgboss.job.state pgboss.job_state NOT NULL DEFAULT 'created'::pgboss.job_state
pgboss.job_common.blocked boolean NOT NULL DEFAULT false
pgboss.job_common.blocking boolean NOT NULL DEFAULT false
pgboss.job_common.completed_on timestamp with time zone
pgboss.job_common.created_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.job_common.data jsonb
pgboss.job_common.dead_letter text
pgboss.job_common.deletion_seconds integer NOT NULL DEFAULT 604800
pgboss.job_common.expire_seconds integer NOT NULL DEFAULT 900
pgboss.job_common.group_id text
pgboss.job_common.group_tier text
pgboss.job_common.heartbeat_on timestamp with time zone
pgboss.job_common.heartbeat_seconds integer
pgboss.job_common.id uuid NOT NULL DEFAULT gen_random_uuid()
pgboss.job_common.keep_until timestamp with time zone NOT NULL DEFAULT (now() + '336:00:00'::interval)
pgboss.job_common.name text NOT NULL
pgboss.job_common.output jsonb
pgboss.job_common.pending_dependencies integer NOT NULL DEFAULT 0
pgboss.job_common.policy text
pgboss.job_common.priority integer NOT NULL DEFAULT 0
pgboss.job_common.retry_backoff boolean NOT NULL DEFAULT false
pgboss.job_common.retry_count integer NOT NULL DEFAULT 0
pgboss.job_common.retry_delay integer NOT NULL DEFAULT 0
pgboss.job_common.retry_delay_max integer
pgboss.job_common.retry_limit integer NOT NULL DEFAULT 2
pgboss.job_common.singleton_key text
pgboss.job_common.singleton_on timestamp without time zone
pgboss.job_common.source_created_on timestamp with time zone
pgboss.job_common.source_id uuid
pgboss.job_common.source_name text
pgboss.job_common.source_retry_count integer
pgboss.job_common.start_after timestamp with time zone NOT NULL DEFAULT now()
pgboss.job_common.started_on timestamp with time zone
pgboss.job_common.state pgboss.job_state NOT NULL DEFAULT 'created'::pgboss.job_state
pgboss.job_dependency.child_id uuid NOT NULL
pgboss.job_dependency.child_name text NOT NULL
pgboss.job_dependency.parent_id uuid NOT NULL
pgboss.job_dependency.parent_name text NOT NULL
pgboss.queue.active_count integer NOT NULL DEFAULT 0
pgboss.queue.created_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.queue.dead_letter text
pgboss.queue.deferred_count integer NOT NULL DEFAULT 0
pgboss.queue.deletion_seconds integer NOT NULL
pgboss.queue.expire_seconds integer NOT NULL
pgboss.queue.failed_count integer NOT NULL DEFAULT 0
pgboss.queue.heartbeat_seconds integer
pgboss.queue.maintain_on timestamp with time zone
pgboss.queue.monitor_claim_on timestamp with time zone
pgboss.queue.monitor_on timestamp with time zone
pgboss.queue.name text NOT NULL
pgboss.queue.notify boolean NOT NULL DEFAULT false
pgboss.queue.partition boolean NOT NULL
pgboss.queue.policy text NOT NULL
pgboss.queue.queued_count integer NOT NULL DEFAULT 0
pgboss.queue.ready_count integer NOT NULL DEFAULT 0
pgboss.queue.ready_history integer[] NOT NULL DEFAULT '{}'::integer[]
pgboss.queue.retention_seconds integer NOT NULL
pgboss.queue.retry_backoff boolean NOT NULL
pgboss.queue.retry_delay integer NOT NULL
pgboss.queue.retry_delay_max integer
pgboss.queue.retry_limit integer NOT NULL
pgboss.queue.singletons_active text[]
pgboss.queue.table_name text NOT NULL
pgboss.queue.total_count integer NOT NULL DEFAULT 0
pgboss.queue.updated_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.queue.warning_queued integer NOT NULL DEFAULT 0
pgboss.queue_stats.active_count integer NOT NULL DEFAULT 0
pgboss.queue_stats.captured_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.queue_stats.deferred_count integer NOT NULL DEFAULT 0
pgboss.queue_stats.failed_count integer NOT NULL DEFAULT 0
pgboss.queue_stats.id uuid NOT NULL DEFAULT gen_random_uuid()
pgboss.queue_stats.name text NOT NULL
pgboss.queue_stats.queued_count integer NOT NULL DEFAULT 0
pgboss.queue_stats.ready_count integer NOT NULL DEFAULT 0
pgboss.queue_stats.total_count integer NOT NULL DEFAULT 0
pgboss.schedule.created_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.schedule.cron text NOT NULL
pgboss.schedule.data jsonb
pgboss.schedule.key text NOT NULL DEFAULT ''::text
pgboss.schedule.name text NOT NULL
pgboss.schedule.options jsonb
pgboss.schedule.timezone text
pgboss.schedule.updated_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.subscription.created_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.subscription.event text NOT NULL
pgboss.subscription.name text NOT NULL
pgboss.subscription.updated_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.version.bam_on timestamp with time zone
pgboss.version.cron_on timestamp with time zone
pgboss.version.flow_on timestamp with time zone
pgboss.version.monitor_backoff_on timestamp with time zone
pgboss.version.reindex_on timestamp with time zone
pgboss.version.version integer NOT NULL
pgboss.warning.created_on timestamp with time zone NOT NULL DEFAULT now()
pgboss.warning.data jsonb
pgboss.warning.id uuid NOT NULL DEFAULT gen_random_uuid()
pgboss.warning.message text NOT NULL
pgboss.warning.type text NOT NULL
public.audit_log.action text NOT NULL
public.audit_log.actor text NOT NULL
public.audit_log.actor_kind text NOT NULL
public.audit_log.after jsonb
public.audit_log.audit_id bigint NOT NULL IDENTITY a
public.audit_log.before jsonb
public.audit_log.changed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
public.audit_log.entity text NOT NULL
public.audit_log.entity_id text NOT NULL
public.audit_log.request_id text
public.audit_log.tenant_id text NOT NULL
public.backups.bytes bigint NOT NULL
public.backups.checked_at timestamp with time zone
public.backups.created_at timestamp with time zone NOT NULL
public.backups.intact boolean
public.backups.name text NOT NULL
public.demand_history.demand_date date NOT NULL
public.demand_history.facility_id text NOT NULL
public.demand_history.material_id uuid NOT NULL
public.demand_history.quantity double precision NOT NULL
public.demand_history.tenant_id text NOT NULL
public.flag_changes.after text
public.flag_changes.before text
public.flag_changes.change_no bigint NOT NULL
public.flag_changes.changed_at timestamp with time zone NOT NULL
public.flag_changes.changed_by text NOT NULL
public.flag_changes.flag text NOT NULL
public.flag_changes.hash text NOT NULL
public.flag_changes.key text NOT NULL
public.flag_changes.map text NOT NULL
public.flag_changes.map_uid text NOT NULL
public.flag_changes.noted_at timestamp with time zone
public.flag_changes.previous_hash text NOT NULL
public.flag_changes.reason text
public.flag_changes.resource_version bigint NOT NULL
public.flag_changes.tool text
public.flag_changes.until timestamp with time zone
public.forecast_accuracy_metrics.actual_sum double precision NOT NULL
public.forecast_accuracy_metrics.bias double precision
public.forecast_accuracy_metrics.facility_id text NOT NULL
public.forecast_accuracy_metrics.judged_by text
public.forecast_accuracy_metrics.mae double precision NOT NULL
public.forecast_accuracy_metrics.mape double precision
public.forecast_accuracy_metrics.mape_excluded integer NOT NULL
public.forecast_accuracy_metrics.material_id uuid NOT NULL
public.forecast_accuracy_metrics.measured_at timestamp with time zone NOT NULL DEFAULT now()
public.forecast_accuracy_metrics.measurement_period_end date NOT NULL
public.forecast_accuracy_metrics.measurement_period_start date NOT NULL
public.forecast_accuracy_metrics.model text NOT NULL
public.forecast_accuracy_metrics.outdated boolean NOT NULL DEFAULT false
public.forecast_accuracy_metrics.periods integer NOT NULL
public.forecast_accuracy_metrics.rmse double precision NOT NULL
public.forecast_accuracy_metrics.tenant_id text NOT NULL
public.forecast_accuracy_metrics.tracking_signal double precision NOT NULL
public.forecast_accuracy_metrics.wape double precision
public.forecast_batches.batch_no integer NOT NULL
public.forecast_batches.elapsed_ms integer
public.forecast_batches.facility_ids text[] NOT NULL
public.forecast_batches.finished_at timestamp with time zone
public.forecast_batches.material_ids uuid[] NOT NULL
public.forecast_batches.memory_percent double precision
public.forecast_batches.run_id uuid NOT NULL
public.forecast_batches.status text NOT NULL DEFAULT 'waiting'::text
public.forecast_batches.tenant_id text NOT NULL
public.forecast_batches.worker text
public.forecast_models.facility_id text NOT NULL
public.forecast_models.hybrid_model text NOT NULL
public.forecast_models.material_id uuid NOT NULL
public.forecast_models.regular_model text NOT NULL
public.forecast_models.run_id uuid NOT NULL
public.forecast_models.selected_at timestamp with time zone NOT NULL DEFAULT now()
public.forecast_models.selection jsonb NOT NULL
public.forecast_models.tenant_id text NOT NULL
public.forecast_runs.as_of date
public.forecast_runs.batches_done integer NOT NULL DEFAULT 0
public.forecast_runs.batches_total integer NOT NULL DEFAULT 0
public.forecast_runs.error text
public.forecast_runs.finished_at timestamp with time zone
public.forecast_runs.items_total integer NOT NULL DEFAULT 0
public.forecast_runs.requested_at timestamp with time zone NOT NULL DEFAULT now()
public.forecast_runs.run_id uuid NOT NULL
public.forecast_runs.selection text NOT NULL DEFAULT 'anew'::text
public.forecast_runs.started_at timestamp with time zone
public.forecast_runs.status text NOT NULL DEFAULT 'queued'::text
public.forecast_runs.summary jsonb
public.forecast_runs.tenant_id text NOT NULL
public.forecast_runs.trigger text NOT NULL
public.forecast_variants.actual_sum double precision NOT NULL
public.forecast_variants.bias double precision
public.forecast_variants.error_sum double precision NOT NULL
public.forecast_variants.facility_id text NOT NULL
public.forecast_variants.item_mape double precision
public.forecast_variants.lower_80 double precision[] NOT NULL
public.forecast_variants.lower_95 double precision[] NOT NULL
public.forecast_variants.mae double precision
public.forecast_variants.mape_excluded integer NOT NULL
public.forecast_variants.mase double precision
public.forecast_variants.material_id uuid NOT NULL
public.forecast_variants.model text NOT NULL
public.forecast_variants.parameters jsonb NOT NULL
public.forecast_variants.point double precision[] NOT NULL
public.forecast_variants.rmse double precision
public.forecast_variants.rmsse double precision
public.forecast_variants.run_id uuid NOT NULL
public.forecast_variants.served boolean NOT NULL
public.forecast_variants.tenant_id text NOT NULL
public.forecast_variants.tracking_signal double precision
public.forecast_variants.upper_80 double precision[] NOT NULL
public.forecast_variants.upper_95 double precision[] NOT NULL
public.forecast_variants.variant text NOT NULL
public.forecast_variants.wape double precision
public.forecast_workers.answered_ms double precision NOT NULL
public.forecast_workers.seen_at timestamp with time zone NOT NULL DEFAULT now()
public.forecast_workers.threads integer NOT NULL
public.forecast_workers.version text NOT NULL
public.forecast_workers.worker text NOT NULL
public.forecasts.actual_sum double precision NOT NULL
public.forecasts.bias double precision
public.forecasts.created_at timestamp with time zone NOT NULL DEFAULT now()
public.forecasts.error_sum double precision NOT NULL
public.forecasts.facility_id text NOT NULL
public.forecasts.forecast_date date NOT NULL
public.forecasts.history_periods integer NOT NULL
public.forecasts.item_mape double precision
public.forecasts.judged_by text
public.forecasts.lower_80 double precision[] NOT NULL
public.forecasts.lower_95 double precision[] NOT NULL
public.forecasts.mae double precision
public.forecasts.mape_excluded integer NOT NULL
public.forecasts.mase double precision
public.forecasts.material_id uuid NOT NULL
public.forecasts.model text NOT NULL
public.forecasts.period text NOT NULL
public.forecasts.point double precision[] NOT NULL
public.forecasts.rmse double precision
public.forecasts.rmsse double precision
public.forecasts.run_id uuid NOT NULL
public.forecasts.selection jsonb NOT NULL
public.forecasts.sku text NOT NULL
public.forecasts.tenant_id text NOT NULL
public.forecasts.tracking_signal double precision
public.forecasts.upper_80 double precision[] NOT NULL
public.forecasts.upper_95 double precision[] NOT NULL
public.forecasts.variant text NOT NULL DEFAULT 'hybrid'::text
public.forecasts.wape double precision
public.health_report.checked_at timestamp with time zone NOT NULL
public.health_report.checks jsonb NOT NULL
public.health_report.failures integer NOT NULL
public.health_report.only_row boolean NOT NULL DEFAULT true
public.health_report.status text NOT NULL
public.health_report.told text
public.inventory.facility_id text NOT NULL
public.inventory.material_id uuid NOT NULL
public.inventory.quantity_allocated double precision NOT NULL DEFAULT 0
public.inventory.quantity_on_hand double precision NOT NULL DEFAULT 0
public.inventory.quantity_on_order double precision NOT NULL DEFAULT 0
public.inventory.tenant_id text NOT NULL
public.inventory.updated_at timestamp with time zone NOT NULL DEFAULT now()
public.inventory_transactions.actor text NOT NULL
public.inventory_transactions.allocated_change double precision NOT NULL
public.inventory_transactions.created_at timestamp with time zone NOT NULL DEFAULT now()
public.inventory_transactions.facility_id text NOT NULL
public.inventory_transactions.material_id uuid NOT NULL
public.inventory_transactions.note text
public.inventory_transactions.occurred_at timestamp with time zone NOT NULL DEFAULT now()
public.inventory_transactions.on_hand_change double precision NOT NULL
public.inventory_transactions.on_order_change double precision NOT NULL
public.inventory_transactions.quantity double precision NOT NULL
public.inventory_transactions.reference text NOT NULL
public.inventory_transactions.tenant_id text NOT NULL
public.inventory_transactions.to_facility_id text
public.inventory_transactions.transaction_id bigint NOT NULL IDENTITY a
public.inventory_transactions.type text NOT NULL
public.items.active boolean NOT NULL DEFAULT true
public.items.category text
public.items.created_at timestamp with time zone NOT NULL DEFAULT now()
public.items.demand_period text NOT NULL DEFAULT 'day'::text
public.items.holding_cost_rate double precision
public.items.lead_time_days double precision
public.items.lead_time_std_days double precision
public.items.material_id uuid NOT NULL DEFAULT gen_random_uuid()
public.items.minimum_order_quantity double precision
public.items.name text NOT NULL
public.items.ordering_cost double precision
public.items.pack_size double precision
public.items.service_level double precision
public.items.sku text NOT NULL
public.items.supplier text
public.items.tenant_id text NOT NULL
public.items.unit text NOT NULL DEFAULT 'each'::text
public.items.unit_cost double precision
public.items.updated_at timestamp with time zone NOT NULL DEFAULT now()
public.material_forecasts.created_at timestamp with time zone
public.material_forecasts.facility_id text
public.material_forecasts.forecast_date date
public.material_forecasts.forecast_quantity double precision
public.material_forecasts.forecast_status text
public.material_forecasts.lower_80 double precision
public.material_forecasts.lower_95 double precision
public.material_forecasts.material_id uuid
public.material_forecasts.model text
public.material_forecasts.run_id uuid
public.material_forecasts.sku text
public.material_forecasts.tenant_id text
public.material_forecasts.upper_80 double precision
public.material_forecasts.upper_95 double precision
public.password_resets.expires_at timestamp with time zone NOT NULL
public.password_resets.requested_at timestamp with time zone NOT NULL DEFAULT now()
public.password_resets.tenant_id text NOT NULL
public.password_resets.token_hash bytea NOT NULL
public.password_resets.used_at timestamp with time zone
public.password_resets.user_id uuid NOT NULL
public.query_log.created_at timestamp with time zone NOT NULL DEFAULT now()
public.query_log.duration_ms double precision NOT NULL
public.query_log.query_hash text NOT NULL
public.query_log.query_log_id bigint NOT NULL IDENTITY a
public.query_log.query_pattern text NOT NULL
public.query_log.requests integer NOT NULL
public.query_log.tenant_id text NOT NULL
public.refresh_tokens.expires_at timestamp with time zone NOT NULL
public.refresh_tokens.family_id uuid NOT NULL
public.refresh_tokens.issued_at timestamp with time zone NOT NULL DEFAULT now()
public.refresh_tokens.revoked_at timestamp with time zone
public.refresh_tokens.rotated_at timestamp with time zone
public.refresh_tokens.tenant_id text NOT NULL
public.refresh_tokens.token_hash bytea NOT NULL
public.refresh_tokens.user_id uuid NOT NULL
public.replenishment_suggestions.created_at timestamp with time zone NOT NULL DEFAULT now()
public.replenishment_suggestions.daily_demand double precision NOT NULL
public.replenishment_suggestions.decided_at timestamp with time zone
public.replenishment_suggestions.decided_by text
public.replenishment_suggestions.economic_order_quantity double precision
public.replenishment_suggestions.estimated_cost double precision
public.replenishment_suggestions.facility_id text NOT NULL
public.replenishment_suggestions.lead_time_days double precision NOT NULL
public.replenishment_suggestions.material_id uuid NOT NULL
public.replenishment_suggestions.note text
public.replenishment_suggestions.quantity double precision NOT NULL
public.replenishment_suggestions.quantity_allocated double precision NOT NULL
public.replenishment_suggestions.quantity_on_hand double precision NOT NULL
public.replenishment_suggestions.quantity_on_order double precision NOT NULL
public.replenishment_suggestions.reasons text[] NOT NULL
public.replenishment_suggestions.reorder_point double precision NOT NULL
public.replenishment_suggestions.reorder_point_method text NOT NULL
public.replenishment_suggestions.safety_stock double precision NOT NULL
public.replenishment_suggestions.safety_stock_method text NOT NULL
public.replenishment_suggestions.service_level double precision NOT NULL
public.replenishment_suggestions.status text NOT NULL DEFAULT 'pending'::text
public.replenishment_suggestions.suggestion_id uuid NOT NULL DEFAULT gen_random_uuid()
public.replenishment_suggestions.tenant_id text NOT NULL
public.replenishment_suggestions.updated_at timestamp with time zone NOT NULL DEFAULT now()
public.replenishment_suggestions.urgency text NOT NULL GENERATED calculate_replenishment_urgency(quantity_on_hand, quantity_on_order, quantity_allocated, daily_demand, lead_time_days, reorder_point)
public.replenishment_suggestions.urgency_rank smallint NOT NULL GENERATED array_position(ARRAY['CRITICAL'::text, 'HIGH'::text, 'MEDIUM'::text, 'LOW'::text], calculate_replenishment_urgency(quantity_on_hand, quantity_on_order, quantity_allocated, daily_demand, lead_time_days, reorder_point))
public.service_tokens.created_at timestamp with time zone NOT NULL DEFAULT now()
public.service_tokens.created_by text NOT NULL
public.service_tokens.expires_at timestamp with time zone
public.service_tokens.name text NOT NULL
public.service_tokens.revoked_at timestamp with time zone
public.service_tokens.role text NOT NULL
public.service_tokens.tenant_id text NOT NULL
public.service_tokens.token_hash bytea NOT NULL
public.service_tokens.token_id uuid NOT NULL DEFAULT gen_random_uuid()
public.tenants.created_at timestamp with time zone NOT NULL DEFAULT now()
public.tenants.name text NOT NULL
public.tenants.tenant_id text NOT NULL
public.users.active boolean NOT NULL DEFAULT true
public.users.created_at timestamp with time zone NOT NULL DEFAULT now()
public.users.email text NOT NULL
public.users.password_hash text NOT NULL
public.users.role text NOT NULL
public.users.tenant_id text NOT NULL
public.users.updated_at timestamp with time zone NOT NULL DEFAULT now()
public.users.user_id uuid NOT NULL DEFAULT gen_random_uuid()
public.watchdog_interventions.created_at timestamp with time zone NOT NULL DEFAULT now()
public.watchdog_interventions.intervention_id bigint NOT NULL IDENTITY a
public.watchdog_interventions.kind text NOT NULL
public.watchdog_interventions.mended boolean NOT NULL
public.watchdog_interventions.subject text NOT NULL

-- Constraints
audit_log.audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'service'::text])))
audit_log.audit_log_pkey PRIMARY KEY (audit_id)
audit_log.audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
backups.backups_bytes_check CHECK ((bytes > 0))
backups.backups_check CHECK (((checked_at IS NULL) = (intact IS NULL)))
backups.backups_name_check CHECK ((name <> ''::text))
backups.backups_pkey PRIMARY KEY (name)
demand_history.demand_history_facility_id_check CHECK ((facility_id <> ''::text))
demand_history.demand_history_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
demand_history.demand_history_pkey PRIMARY KEY (tenant_id, facility_id, material_id, demand_date)
demand_history.demand_history_quantity_check CHECK (((quantity >= (0)::double precision) AND (quantity < 'Infinity'::double precision)))
flag_changes.flag_changes_change_no_check CHECK ((change_no > 0))
flag_changes.flag_changes_check CHECK ((before IS DISTINCT FROM after))
flag_changes.flag_changes_hash_key UNIQUE (hash)
flag_changes.flag_changes_map_check CHECK ((map = ANY (ARRAY['definitions'::text, 'overrides'::text, 'rollouts'::text])))
flag_changes.flag_changes_map_map_uid_resource_version_key_key UNIQUE (map, map_uid, resource_version, key)
flag_changes.flag_changes_pkey PRIMARY KEY (change_no)
forecast_accuracy_metrics.forecast_accuracy_metrics_judged_by_check CHECK ((judged_by = ANY (ARRAY['mape'::text, 'mase'::text])))
forecast_accuracy_metrics.forecast_accuracy_metrics_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
forecast_accuracy_metrics.forecast_accuracy_metrics_periods_check CHECK ((periods > 0))
forecast_accuracy_metrics.forecast_accuracy_metrics_pkey PRIMARY KEY (tenant_id, facility_id, material_id, measurement_period_end)
forecast_accuracy_metrics.forecast_accuracy_metrics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
forecast_batches.forecast_batches_check CHECK ((cardinality(material_ids) = cardinality(facility_ids)))
forecast_batches.forecast_batches_pkey PRIMARY KEY (run_id, batch_no)
forecast_batches.forecast_batches_run_id_fkey FOREIGN KEY (run_id) REFERENCES forecast_runs(run_id) ON DELETE CASCADE
forecast_batches.forecast_batches_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text])))
forecast_models.forecast_models_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
forecast_models.forecast_models_pkey PRIMARY KEY (tenant_id, facility_id, material_id)
forecast_models.forecast_models_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
forecast_runs.forecast_runs_pkey PRIMARY KEY (run_id)
forecast_runs.forecast_runs_selection_check CHECK ((selection = ANY (ARRAY['reuse'::text, 'anew'::text])))
forecast_runs.forecast_runs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text])))
forecast_runs.forecast_runs_trigger_check CHECK ((trigger = ANY (ARRAY['schedule'::text, 'manual'::text])))
forecast_variants.forecast_variants_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
forecast_variants.forecast_variants_pkey PRIMARY KEY (run_id, material_id, facility_id, variant)
forecast_variants.forecast_variants_run_id_fkey FOREIGN KEY (run_id) REFERENCES forecast_runs(run_id) ON DELETE CASCADE
forecast_variants.forecast_variants_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
forecast_variants.forecast_variants_variant_check CHECK ((variant = ANY (ARRAY['regular'::text, 'hybrid'::text])))
forecast_workers.forecast_workers_pkey PRIMARY KEY (worker)
forecast_workers.forecast_workers_threads_check CHECK ((threads > 0))
forecasts.forecasts_judged_by_check CHECK ((judged_by = ANY (ARRAY['mape'::text, 'mase'::text])))
forecasts.forecasts_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
forecasts.forecasts_period_check CHECK ((period = ANY (ARRAY['day'::text, 'month'::text])))
forecasts.forecasts_pkey PRIMARY KEY (run_id, material_id, facility_id)
forecasts.forecasts_run_id_fkey FOREIGN KEY (run_id) REFERENCES forecast_runs(run_id) ON DELETE CASCADE
forecasts.forecasts_variant_check CHECK ((variant = ANY (ARRAY['regular'::text, 'hybrid'::text])))
health_report.health_report_failures_check CHECK ((failures >= 0))
health_report.health_report_only_row_check CHECK (only_row)
health_report.health_report_pkey PRIMARY KEY (only_row)
health_report.health_report_status_check CHECK ((status = ANY (ARRAY['healthy'::text, 'degraded'::text, 'unhealthy'::text])))
health_report.health_report_told_check CHECK ((told = ANY (ARRAY['healthy'::text, 'degraded'::text, 'unhealthy'::text])))
inventory.inventory_facility_id_check CHECK ((facility_id <> ''::text))
inventory.inventory_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
inventory.inventory_pkey PRIMARY KEY (tenant_id, facility_id, material_id)
inventory.inventory_quantity_allocated_check CHECK (((quantity_allocated >= (0)::double precision) AND (quantity_allocated < 'Infinity'::double precision)))
inventory.inventory_quantity_on_hand_check CHECK (((quantity_on_hand >= (0)::double precision) AND (quantity_on_hand < 'Infinity'::double precision)))
inventory.inventory_quantity_on_order_check CHECK (((quantity_on_order >= (0)::double precision) AND (quantity_on_order < 'Infinity'::double precision)))
inventory_transactions.inventory_transactions_check CHECK ((to_facility_id <> facility_id))
inventory_transactions.inventory_transactions_check1 CHECK (((quantity <> (0)::double precision) AND (quantity > '-Infinity'::double precision) AND (quantity < 'Infinity'::double precision) AND ((quantity > (0)::double precision) OR (type = 'adjustment'::text))))
inventory_transactions.inventory_transactions_check2 CHECK (((type = 'transfer'::text) = (to_facility_id IS NOT NULL)))
inventory_transactions.inventory_transactions_facility_id_check CHECK ((facility_id <> ''::text))
inventory_transactions.inventory_transactions_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id)
inventory_transactions.inventory_transactions_pkey PRIMARY KEY (transaction_id)
inventory_transactions.inventory_transactions_reference_check CHECK ((reference <> ''::text))
inventory_transactions.inventory_transactions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
inventory_transactions.inventory_transactions_tenant_id_reference_key UNIQUE (tenant_id, reference)
inventory_transactions.inventory_transactions_type_check CHECK ((type = ANY (ARRAY['order'::text, 'order-cancellation'::text, 'receipt'::text, 'allocation'::text, 'release'::text, 'issue'::text, 'shipment'::text, 'adjustment'::text, 'transfer'::text])))
items.items_demand_period_check CHECK ((demand_period = ANY (ARRAY['day'::text, 'month'::text])))
items.items_holding_cost_rate_check CHECK (((holding_cost_rate >= (0)::double precision) AND (holding_cost_rate <= (10)::double precision)))
items.items_lead_time_days_check CHECK (((lead_time_days >= (0)::double precision) AND (lead_time_days <= (3650)::double precision)))
items.items_lead_time_std_days_check CHECK (((lead_time_std_days >= (0)::double precision) AND (lead_time_std_days <= (3650)::double precision)))
items.items_minimum_order_quantity_check CHECK (((minimum_order_quantity >= (0)::double precision) AND (minimum_order_quantity < 'Infinity'::double precision)))
items.items_ordering_cost_check CHECK (((ordering_cost >= (0)::double precision) AND (ordering_cost < 'Infinity'::double precision)))
items.items_pack_size_check CHECK (((pack_size > (0)::double precision) AND (pack_size < 'Infinity'::double precision)))
items.items_pkey PRIMARY KEY (material_id)
items.items_service_level_check CHECK (((service_level > (0)::double precision) AND (service_level < (1)::double precision)))
items.items_sku_check CHECK ((sku <> ''::text))
items.items_supplier_check CHECK ((supplier <> ''::text))
items.items_tenant_id_check CHECK ((tenant_id <> ''::text))
items.items_tenant_id_sku_key UNIQUE (tenant_id, sku)
items.items_unit_cost_check CHECK (((unit_cost >= (0)::double precision) AND (unit_cost < 'Infinity'::double precision)))
password_resets.password_resets_pkey PRIMARY KEY (token_hash)
password_resets.password_resets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
password_resets.password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
pgboss.bam.bam_pkey PRIMARY KEY (id)
pgboss.job.job_pkey PRIMARY KEY (name, id)
pgboss.job_common.dlq_fkey FOREIGN KEY (dead_letter) REFERENCES pgboss.queue(name) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
pgboss.job_common.job_common_pkey PRIMARY KEY (name, id)
pgboss.job_common.job_key_strict_fifo_singleton_key_check CHECK ((NOT ((policy = 'key_strict_fifo'::text) AND (singleton_key IS NULL))))
pgboss.job_common.q_fkey FOREIGN KEY (name) REFERENCES pgboss.queue(name) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
pgboss.job_dependency.job_dependency_pkey PRIMARY KEY (child_name, child_id, parent_name, parent_id)
pgboss.queue.queue_check CHECK ((dead_letter IS DISTINCT FROM name))
pgboss.queue.queue_dead_letter_fkey FOREIGN KEY (dead_letter) REFERENCES pgboss.queue(name)
pgboss.queue.queue_pkey PRIMARY KEY (name)
pgboss.queue_stats.queue_stats_pkey PRIMARY KEY (id, captured_on)
pgboss.schedule.schedule_name_fkey FOREIGN KEY (name) REFERENCES pgboss.queue(name) ON DELETE CASCADE
pgboss.schedule.schedule_pkey PRIMARY KEY (name, key)
pgboss.subscription.subscription_name_fkey FOREIGN KEY (name) REFERENCES pgboss.queue(name) ON DELETE CASCADE
pgboss.subscription.subscription_pkey PRIMARY KEY (event, name)
pgboss.version.version_pkey PRIMARY KEY (version)
pgboss.warning.warning_pkey PRIMARY KEY (id)
query_log.query_log_pkey PRIMARY KEY (query_log_id)
query_log.query_log_requests_check CHECK ((requests > 0))
query_log.query_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
refresh_tokens.refresh_tokens_pkey PRIMARY KEY (token_hash)
refresh_tokens.refresh_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
refresh_tokens.refresh_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
replenishment_suggestions.replenishment_suggestions_facility_id_check CHECK ((facility_id <> ''::text))
replenishment_suggestions.replenishment_suggestions_material_id_fkey FOREIGN KEY (material_id) REFERENCES items(material_id) ON DELETE CASCADE
replenishment_suggestions.replenishment_suggestions_pkey PRIMARY KEY (suggestion_id)
replenishment_suggestions.replenishment_suggestions_quantity_check CHECK (((quantity > (0)::double precision) AND (quantity < 'Infinity'::double precision)))
replenishment_suggestions.replenishment_suggestions_reorder_point_method_check CHECK ((reorder_point_method = ANY (ARRAY['mean-plus-safety-stock'::text, 'lead-time-demand-quantile'::text])))
replenishment_suggestions.replenishment_suggestions_safety_stock_method_check CHECK ((safety_stock_method = ANY (ARRAY['basic'::text, 'demand-variability'::text, 'lead-time-variability'::text, 'kings-formula'::text])))
replenishment_suggestions.replenishment_suggestions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'rejected'::text, 'ordered'::text, 'expired'::text])))
replenishment_suggestions.replenishment_suggestions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
service_tokens.service_tokens_pkey PRIMARY KEY (token_id)
service_tokens.service_tokens_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'staff'::text, 'admin'::text])))
service_tokens.service_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
service_tokens.service_tokens_token_hash_key UNIQUE (token_hash)
tenants.tenants_pkey PRIMARY KEY (tenant_id)
tenants.tenants_tenant_id_check CHECK ((tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
users.users_email_check CHECK ((email = lower(email)))
users.users_email_key UNIQUE (email)
users.users_pkey PRIMARY KEY (user_id)
users.users_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'staff'::text, 'admin'::text])))
users.users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
watchdog_interventions.watchdog_interventions_kind_check CHECK ((kind = ANY (ARRAY['stalled-run'::text, 'missed-schedule'::text, 'dead-worker'::text]))) NOT VALID
watchdog_interventions.watchdog_interventions_pkey PRIMARY KEY (intervention_id)

-- Indexes
CREATE INDEX idx_audit_log_entity ON public.audit_log USING btree (tenant_id, entity, entity_id, audit_id DESC)
CREATE INDEX idx_audit_log_newest ON public.audit_log USING btree (tenant_id, audit_id DESC)
CREATE INDEX idx_demand_history_material_date_range ON public.demand_history USING btree (material_id, demand_date)
CREATE INDEX idx_demand_history_newest ON public.demand_history USING btree (tenant_id, demand_date)
CREATE INDEX idx_flag_changes_flag ON public.flag_changes USING btree (flag, change_no DESC)
CREATE INDEX idx_flag_changes_key ON public.flag_changes USING btree (map, key, change_no DESC)
CREATE INDEX idx_forecast_accuracy_period ON public.forecast_accuracy_metrics USING btree (tenant_id, material_id, measurement_period_end DESC)
CREATE INDEX idx_forecast_models_material ON public.forecast_models USING btree (material_id)
CREATE INDEX idx_forecast_runs_newest ON public.forecast_runs USING btree (tenant_id, status, requested_at DESC)
CREATE INDEX idx_forecasts_item_date ON public.forecasts USING btree (tenant_id, sku, forecast_date DESC)
CREATE INDEX idx_forecasts_material ON public.forecasts USING btree (material_id)
CREATE INDEX idx_forecasts_run_sku ON public.forecasts USING btree (run_id, sku, facility_id)
CREATE INDEX idx_inventory_material ON public.inventory USING btree (material_id)
CREATE INDEX idx_inventory_transactions_material ON public.inventory_transactions USING btree (material_id, transaction_id DESC)
CREATE INDEX idx_inventory_transactions_newest ON public.inventory_transactions USING btree (tenant_id, transaction_id DESC)
CREATE INDEX idx_material_forecasts_lookup ON public.forecasts USING btree (tenant_id, facility_id, material_id, forecast_date DESC)
CREATE INDEX idx_password_resets_user ON public.password_resets USING btree (user_id)
CREATE INDEX idx_query_log_newest ON public.query_log USING btree (tenant_id, created_at DESC)
CREATE INDEX idx_refresh_tokens_family ON public.refresh_tokens USING btree (tenant_id, family_id)
CREATE INDEX idx_refresh_tokens_user ON public.refresh_tokens USING btree (user_id)
CREATE INDEX idx_replenishment_suggestions_material ON public.replenishment_suggestions USING btree (material_id)
CREATE INDEX idx_replenishment_suggestions_status ON public.replenishment_suggestions USING btree (tenant_id, status, urgency_rank, suggestion_id)
CREATE INDEX idx_users_tenant ON public.users USING btree (tenant_id, email)
CREATE INDEX idx_watchdog_interventions_newest ON public.watchdog_interventions USING btree (created_at DESC)
CREATE INDEX job_common_i10 ON pgboss.job_common USING btree (name, singleton_key, state DESC, created_on, id) INCLUDE (start_after) WHERE ((state < 'active'::pgboss.job_state) AND (NOT blocked) AND (policy = 'key_strict_fifo'::text))
CREATE INDEX job_common_i11 ON pgboss.job_common USING btree (name, priority DESC, created_on, start_after) WHERE ((state < 'active'::pgboss.job_state) AND (NOT blocked))
CREATE INDEX job_common_i7 ON pgboss.job_common USING btree (name, group_id) WHERE ((state = 'active'::pgboss.job_state) AND (group_id IS NOT NULL))
CREATE INDEX job_common_i9 ON pgboss.job_common USING btree (name, id) WHERE (blocking AND (state = 'completed'::pgboss.job_state))
CREATE INDEX job_dep_parent_idx ON pgboss.job_dependency USING btree (parent_name, parent_id)
CREATE INDEX queue_stats_i1 ON ONLY pgboss.queue_stats USING btree (name, captured_on DESC) INCLUDE (deferred_count, queued_count, ready_count, active_count, failed_count, total_count)
CREATE INDEX warning_i1 ON pgboss.warning USING btree (created_on DESC)
CREATE UNIQUE INDEX audit_log_pkey ON public.audit_log USING btree (audit_id)
CREATE UNIQUE INDEX backups_pkey ON public.backups USING btree (name)
CREATE UNIQUE INDEX bam_pkey ON pgboss.bam USING btree (id)
CREATE UNIQUE INDEX demand_history_pkey ON public.demand_history USING btree (tenant_id, facility_id, material_id, demand_date)
CREATE UNIQUE INDEX flag_changes_hash_key ON public.flag_changes USING btree (hash)
CREATE UNIQUE INDEX flag_changes_map_map_uid_resource_version_key_key ON public.flag_changes USING btree (map, map_uid, resource_version, key)
CREATE UNIQUE INDEX flag_changes_pkey ON public.flag_changes USING btree (change_no)
CREATE UNIQUE INDEX forecast_accuracy_metrics_pkey ON public.forecast_accuracy_metrics USING btree (tenant_id, facility_id, material_id, measurement_period_end)
CREATE UNIQUE INDEX forecast_batches_pkey ON public.forecast_batches USING btree (run_id, batch_no)
CREATE UNIQUE INDEX forecast_models_pkey ON public.forecast_models USING btree (tenant_id, facility_id, material_id)
CREATE UNIQUE INDEX forecast_runs_pkey ON public.forecast_runs USING btree (run_id)
CREATE UNIQUE INDEX forecast_variants_pkey ON public.forecast_variants USING btree (run_id, material_id, facility_id, variant)
CREATE UNIQUE INDEX forecast_workers_pkey ON public.forecast_workers USING btree (worker)
CREATE UNIQUE INDEX forecasts_pkey ON public.forecasts USING btree (run_id, material_id, facility_id)
CREATE UNIQUE INDEX health_report_pkey ON public.health_report USING btree (only_row)
CREATE UNIQUE INDEX idx_replenishment_suggestions_open ON public.replenishment_suggestions USING btree (tenant_id, facility_id, material_id) WHERE (status = ANY (ARRAY['pending'::text, 'accepted'::text]))
CREATE UNIQUE INDEX idx_service_tokens_name ON public.service_tokens USING btree (tenant_id, name) WHERE (revoked_at IS NULL)
CREATE UNIQUE INDEX inventory_pkey ON public.inventory USING btree (tenant_id, facility_id, material_id)
CREATE UNIQUE INDEX inventory_transactions_pkey ON public.inventory_transactions USING btree (transaction_id)
CREATE UNIQUE INDEX inventory_transactions_tenant_id_reference_key ON public.inventory_transactions USING btree (tenant_id, reference)
CREATE UNIQUE INDEX items_pkey ON public.items USING btree (material_id)
CREATE UNIQUE INDEX items_tenant_id_sku_key ON public.items USING btree (tenant_id, sku)
CREATE UNIQUE INDEX job_common_i1 ON pgboss.job_common USING btree (name, COALESCE(singleton_key, ''::text)) WHERE ((state = 'created'::pgboss.job_state) AND (policy = 'short'::text))
CREATE UNIQUE INDEX job_common_i2 ON pgboss.job_common USING btree (name, COALESCE(singleton_key, ''::text)) WHERE ((state = 'active'::pgboss.job_state) AND (policy = 'singleton'::text))
CREATE UNIQUE INDEX job_common_i3 ON pgboss.job_common USING btree (name, state, COALESCE(singleton_key, ''::text)) WHERE ((state <= 'active'::pgboss.job_state) AND (policy = 'stately'::text))
CREATE UNIQUE INDEX job_common_i4 ON pgboss.job_common USING btree (name, singleton_on, COALESCE(singleton_key, ''::text)) WHERE ((state <> 'cancelled'::pgboss.job_state) AND (singleton_on IS NOT NULL))
CREATE UNIQUE INDEX job_common_i6 ON pgboss.job_common USING btree (name, COALESCE(singleton_key, ''::text)) WHERE ((state <= 'active'::pgboss.job_state) AND (policy = 'exclusive'::text))
CREATE UNIQUE INDEX job_common_i8 ON pgboss.job_common USING btree (name, singleton_key) WHERE ((state = ANY (ARRAY['active'::pgboss.job_state, 'retry'::pgboss.job_state, 'failed'::pgboss.job_state])) AND (policy = 'key_strict_fifo'::text))
CREATE UNIQUE INDEX job_common_pkey ON pgboss.job_common USING btree (name, id)
CREATE UNIQUE INDEX job_dependency_pkey ON pgboss.job_dependency USING btree (child_name, child_id, parent_name, parent_id)
CREATE UNIQUE INDEX job_pkey ON ONLY pgboss.job USING btree (name, id)
CREATE UNIQUE INDEX password_resets_pkey ON public.password_resets USING btree (token_hash)
CREATE UNIQUE INDEX query_log_pkey ON public.query_log USING btree (query_log_id)
CREATE UNIQUE INDEX queue_pkey ON pgboss.queue USING btree (name)
CREATE UNIQUE INDEX queue_stats_pkey ON ONLY pgboss.queue_stats USING btree (id, captured_on)
CREATE UNIQUE INDEX refresh_tokens_pkey ON public.refresh_tokens USING btree (token_hash)
CREATE UNIQUE INDEX replenishment_suggestions_pkey ON public.replenishment_suggestions USING btree (suggestion_id)
CREATE UNIQUE INDEX schedule_pkey ON pgboss.schedule USING btree (name, key)
CREATE UNIQUE INDEX service_tokens_pkey ON public.service_tokens USING btree (token_id)
CREATE UNIQUE INDEX service_tokens_token_hash_key ON public.service_tokens USING btree (token_hash)
CREATE UNIQUE INDEX subscription_pkey ON pgboss.subscription USING btree (event, name)
CREATE UNIQUE INDEX tenants_pkey ON public.tenants USING btree (tenant_id)
CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email)
CREATE UNIQUE INDEX users_pkey ON public.users USING btree (user_id)
CREATE UNIQUE INDEX version_pkey ON pgboss.version USING btree (version)
CREATE UNIQUE INDEX warning_pkey ON pgboss.warning USING btree (id)
CREATE UNIQUE INDEX watchdog_interventions_pkey ON public.watchdog_interventions USING btree (intervention_id)

-- Views
public.material_forecasts AS  SELECT f.run_id,
    f.tenant_id,
    f.facility_id,
    f.material_id,
    f.sku,
        CASE f.period
            WHEN 'day'::text THEN (f.forecast_date + ((v.step - 1))::integer)
            ELSE ((f.forecast_date + (((v.step - 1))::double precision * '1 mon'::interval)))::date
        END AS forecast_date,
    v.point AS forecast_quantity,
    v.lower_80,
    v.upper_80,
    v.lower_95,
    v.upper_95,
    f.model,
        CASE
            WHEN (f.run_id = ( SELECT r.run_id
               FROM forecast_runs r
              WHERE ((r.tenant_id = f.tenant_id) AND (r.status = 'completed'::text))
              ORDER BY r.requested_at DESC
             LIMIT 1)) THEN 'ACTIVE'::text
            ELSE 'SUPERSEDED'::text
        END AS forecast_status,
    f.created_at
   FROM (forecasts f
     CROSS JOIN LATERAL UNNEST(f.point, f.lower_80, f.upper_80, f.lower_95, f.upper_95) WITH ORDINALITY v(point, lower_80, upper_80, lower_95, upper_95, step));

-- Functions
pgboss.create_queue(queue_name text, options jsonb) 4aae08024e722dfbba818b41e541e8ab
pgboss.delete_queue(queue_name text) 1817501a295fbc585a60125f95ae4389
pgboss.job_table_format(command text, table_name text) 9f59fa17cec465b71b6fd67b960c67c0
pgboss.job_table_run(command text, tbl_name text, queue_name text) 47cae5ded29fcdc0f019218fb533f99d
pgboss.job_table_run_async(command_name text, version integer, command text, tbl_name text, queue_name text) b26f3b54ceeb3447f95ab78b58a2f0bc
public.calculate_replenishment_urgency(on_hand double precision, on_order double precision, allocated double precision, daily_demand double precision, lead_time_days double precision, reorder_point double precision) 493474a0fedd7b180e8049cb0ed44d39
public.isolate_tenants(isolated regclass) d566df8f55b7ce46d6c987367360c01d
public.refuse_change() a5f961bd543b4d79ff550e5e2a8ddcd8
public.stop_isolating_tenants(isolated regclass) 56ea12a859779c170836b784f0ecbce4
public.tenant_of_login(login text) 2a8de826b2f2493648776ae0fec79643

-- Triggers
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.flag_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

-- Policies
audit_log tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
demand_history tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
forecast_accuracy_metrics tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
forecast_batches tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
forecast_models tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
forecast_runs tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
forecast_variants tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
forecasts tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
inventory tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
inventory_transactions tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
items tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
password_resets tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
query_log tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
refresh_tokens tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
replenishment_suggestions tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
service_tokens tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))
users login_row r forced USING (email = current_setting('app.login_email'::text, true)) CHECK
users tenant_rows * forced USING (tenant_id = current_setting('app.tenant_id'::text, true)) CHECK (tenant_id = current_setting('app.tenant_id'::text, true))

-- Privileges
pgboss.bam forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.job forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.job_common forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.job_dependency forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.queue forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.queue_stats forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.schedule forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.subscription forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.version forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
pgboss.warning forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.audit_log forecast_app=ar/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.backups forecast_app=r/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.demand_history forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.flag_changes forecast_app=ar/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecast_accuracy_metrics forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecast_batches forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecast_models forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecast_runs forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecast_variants forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecast_workers forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.forecasts forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.health_report forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.inventory forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.inventory_transactions forecast_app=ar/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.items forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.material_forecasts forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.password_resets forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.query_log forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.refresh_tokens forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.replenishment_suggestions forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.service_tokens forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.tenants forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.users forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
public.watchdog_interventions forecast_app=arwd/forecast_owner forecast_owner=arwdDxt/forecast_owner
