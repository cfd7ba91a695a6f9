/** A mail server and who gets mails. */
export interface Email {
  /** `host:port`. */
  readonly smarthost: string;
  readonly username?: string;
  readonly password?: string;
  readonly requireTls: boolean;
  readonly from: string;
  /** Addresses, separated by commas. */
  readonly to: string;
}

/** Go template: says before anything else that it is an exercise or a test. */
const mark = '{{ if eq .CommonLabels.kind "test" }}[TEST] {{ end }}{{ with (index .Alerts 0).Annotations.drill }}{{ if ne . "none" }}[DRILL {{ . }}] {{ end }}{{ end }}';
const firing = '{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}RESOLVED{{ end }}';
const title = `${mark}${firing}: {{ (index .Alerts 0).Annotations.summary }}{{ if gt (len .Alerts) 1 }} (and {{ len (slice .Alerts 1) }} more){{ end }}`;

/** One paragraph for each alert: what, how much, what to do, where to look. */
const text = [
  "{{ range .Alerts }}{{ .Annotations.summary }}",
  "{{ .Annotations.description }}",
  "{{ with .Labels.namespace }}Namespace: {{ . }}",
  "{{ end }}{{ with .Annotations.runbook_url }}What to do: {{ . }}",
  "{{ end }}{{ with .Annotations.dashboard_url }}Where to look: {{ . }}",
  "{{ end }}",
  "{{ end }}",
].join("\n");

/** Alertmanager's own JSON, which has every label and annotation. */
export function webhookConfig(url: string, sendResolved: boolean): Record<string, unknown> {
  return { url, send_resolved: sendResolved };
}

export function slackConfig(url: string, channel: string, sendResolved: boolean): Record<string, unknown> {
  const color = '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}';
  return { api_url: url, ...(channel === "" ? {} : { channel }), send_resolved: sendResolved, title, title_link: "{{ (index .Alerts 0).Annotations.dashboard_url }}", text, fallback: title, color };
}

export function pagerDutyConfig(routingKey: string): Record<string, unknown> {
  return {
    routing_key: routingKey,
    send_resolved: true,
    description: title,
    severity: "{{ .CommonLabels.severity }}",
    component: "{{ .CommonLabels.team }}",
    details: { text },
    links: [{ href: "{{ (index .Alerts 0).Annotations.runbook_url }}", text: "What to do" }],
  };
}

export function emailConfig({ smarthost, username, password, requireTls, from }: Email, to: string, sendResolved: boolean): Record<string, unknown> {
  return {
    to,
    from,
    smarthost,
    require_tls: requireTls,
    ...(username === undefined ? {} : { auth_username: username }),
    ...(password === undefined ? {} : { auth_password: password }),
    send_resolved: sendResolved,
    headers: { Subject: title },
    html: "",
    text,
  };
}
