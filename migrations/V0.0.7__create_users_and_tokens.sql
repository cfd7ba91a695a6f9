-- Kind: expand
-- Undo: U0.0.7__create_users_and_tokens.sql
--
-- Users, and the tokens that act for them or for machines. Of a token only the
-- SHA-256 is stored: it is 256 random bits, which nobody can guess from it.

CREATE TABLE users (
  user_id        uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id      text        NOT NULL REFERENCES tenants (tenant_id),
  -- Unique among all tenants: the address alone says who signs in.
  email          text        NOT NULL UNIQUE CHECK (email = lower(email)),
  -- Argon2id in PHC format.
  password_hash  text        NOT NULL,
  role           text        NOT NULL CHECK (role IN ('viewer', 'staff', 'admin')),
  active         boolean     NOT NULL DEFAULT true,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_users_tenant ON users (tenant_id, email);

-- A sign-in begins a family; each refresh replaces its token by the next one.
CREATE TABLE refresh_tokens (
  token_hash  bytea       PRIMARY KEY,
  tenant_id   text        NOT NULL REFERENCES tenants (tenant_id),
  user_id     uuid        NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  family_id   uuid        NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  rotated_at  timestamptz,
  revoked_at  timestamptz
);
CREATE INDEX idx_refresh_tokens_family ON refresh_tokens (tenant_id, family_id);
CREATE INDEX idx_refresh_tokens_user ON refresh_tokens (user_id);

CREATE TABLE service_tokens (
  token_id    uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id   text        NOT NULL REFERENCES tenants (tenant_id),
  name        text        NOT NULL,
  token_hash  bytea       NOT NULL UNIQUE,
  role        text        NOT NULL CHECK (role IN ('viewer', 'staff', 'admin')),
  created_by  text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  -- Null: until it is revoked.
  expires_at  timestamptz,
  revoked_at  timestamptz
);
-- A name may be used again once its token is revoked.
CREATE UNIQUE INDEX idx_service_tokens_name ON service_tokens (tenant_id, name) WHERE revoked_at IS NULL;

CREATE TABLE password_resets (
  token_hash    bytea       PRIMARY KEY,
  tenant_id     text        NOT NULL REFERENCES tenants (tenant_id),
  user_id       uuid        NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  requested_at  timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz
);
CREATE INDEX idx_password_resets_user ON password_resets (user_id);

-- The audit log is read from its newest entry on.
CREATE INDEX idx_audit_log_newest ON audit_log (tenant_id, audit_id DESC);

SELECT isolate_tenants(isolated) FROM unnest(ARRAY['users', 'refresh_tokens', 'service_tokens', 'password_resets']::regclass[]) AS isolated;

-- Who signs in gives an address and no tenant. This function alone looks into
-- all tenants: it gives the tenant of one address. Its policy holds for the
-- owner only, in whose name it runs, and only for the address that it is given.
CREATE POLICY login_row ON users FOR SELECT TO CURRENT_USER USING (email = current_setting('app.login_email', true));
CREATE FUNCTION tenant_of_login(login text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  tenant text;
BEGIN
  PERFORM set_config('app.login_email', login, true);
  SELECT tenant_id INTO tenant FROM users WHERE email = login;
  PERFORM set_config('app.login_email', '', true);
  RETURN tenant;
END
$$;
REVOKE EXECUTE ON FUNCTION tenant_of_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_login TO forecast_app;
