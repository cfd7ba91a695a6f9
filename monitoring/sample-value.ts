/** A value as Prometheus's HTTP API spells it. It writes +Inf and -Inf, which Number() does not read. */
export function sampleValue(text: string): number {
  return text.endsWith("Inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}
