DROP FUNCTION tenant_of_login(text);
DROP INDEX idx_audit_log_newest;
DROP TABLE password_resets;
DROP TABLE service_tokens;
DROP TABLE refresh_tokens;
DROP TABLE users;
